/** Measurements and whole-system tests. */
@NullMarked
package dev.paceline.benchmarks;

import org.jspecify.annotations.NullMarked;
