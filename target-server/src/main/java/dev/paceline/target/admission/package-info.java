/**
 * Refuses early what the server could not serve well: too many sessions, too long a wait, requests
 * over the limits, floods of frames or of opens.
 *
 * <p>{@link dev.paceline.target.admission.Admission} counts sessions and estimates waits; {@link
 * dev.paceline.target.admission.RequestLimits} judges one request by itself; {@link
 * dev.paceline.target.admission.FrameGate} judges the frames of one session; {@link
 * dev.paceline.target.admission.OpenGate} the rate of opens of one peer. Every refusal is a {@link
 * dev.paceline.target.admission.Refusal}: a gRPC status code, one sentence, and where waiting helps
 * the milliseconds to wait. No class here reads a clock: callers pass nanoseconds of one monotonic
 * clock.
 */
@NullMarked
package dev.paceline.target.admission;

import org.jspecify.annotations.NullMarked;
