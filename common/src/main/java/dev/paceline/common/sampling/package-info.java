/**
 * Sampling with shared randomness: the exponential race that draft and target run alike, so that
 * token ids alone are enough to verify a draft and the output never depends on who drafted.
 */
@NullMarked
package dev.paceline.common.sampling;

import org.jspecify.annotations.NullMarked;
