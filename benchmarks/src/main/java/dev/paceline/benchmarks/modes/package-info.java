/**
 * {@code paceline bench modes}: time per output token of every decoding mode over emulated links
 * and devices, and of automatic control beside the best of them.
 */
@NullMarked
package dev.paceline.benchmarks.modes;

import org.jspecify.annotations.NullMarked;
