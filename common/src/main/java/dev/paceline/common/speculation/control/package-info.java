/**
 * Automatic control of a drafting client: what it measures, the model that turns measurements into
 * an expected time per output token, and the choices that make it least. All of it is pure: events
 * come in with their time, and what to do is asked for.
 *
 * <p>{@link dev.paceline.common.speculation.control.Pilot} is what a session asks. {@link
 * dev.paceline.common.speculation.control.AutoPilot} answers with estimates of its own: {@link
 * dev.paceline.common.speculation.control.AcceptanceModel} says how good a draft is by its
 * confidence and depth, {@link dev.paceline.common.speculation.control.PaceModel} what a window is
 * worth, {@link dev.paceline.common.speculation.control.StopRule} when a chain of drafts has become
 * hopeless, and {@code UplinkPacer} when a frame should go, by the rate of the uplink that was told
 * or that {@link dev.paceline.common.link.RateEstimator} finds.
 */
@NullMarked
package dev.paceline.common.speculation.control;

import org.jspecify.annotations.NullMarked;
