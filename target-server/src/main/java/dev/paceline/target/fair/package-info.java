/**
 * Shares the device among sessions by weighted virtual time.
 *
 * <p>Each session has a counter that grows by the cost of the service it got, divided by its
 * weight; the engine fills every step from the smallest counter upwards ({@link
 * dev.paceline.target.fair.FairQueue#pick}) and afterwards charges the step to those it served
 * ({@link dev.paceline.target.fair.FairQueue#charge}). Three rules keep counters comparable:
 *
 * <ul>
 *   <li><b>Arrival.</b> A session that becomes active is lifted to the smallest active counter, so
 *       idling earns nothing.
 *   <li><b>Satisfaction.</b> A session that got all it asked for, step after step, has no claim to
 *       make up for service it did not want. It may stay behind the first session left waiting by
 *       at most the largest single increment now in force (that much is only the grain of service).
 *       Without this rule a session with a large weight and a small demand would hold the smallest
 *       counter for ever, and every newcomer, lifted only to that, would starve the rest.
 *   <li><b>Change of weight.</b> A session's distance to the virtual time is rescaled so that the
 *       service it owes or is owed stays the same.
 * </ul>
 *
 * <p>Weights bind only where sessions compete: a step with room for everybody serves everybody.
 */
@NullMarked
package dev.paceline.target.fair;

import org.jspecify.annotations.NullMarked;
