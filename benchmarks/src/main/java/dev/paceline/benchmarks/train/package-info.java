/** The speed of training against the matrix products that it consists of, and its memory. */
@NullMarked
package dev.paceline.benchmarks.train;

import org.jspecify.annotations.NullMarked;
