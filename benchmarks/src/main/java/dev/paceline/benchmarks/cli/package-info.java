/** {@code paceline bench}. */
@NullMarked
package dev.paceline.benchmarks.cli;

import org.jspecify.annotations.NullMarked;
