/** How long one step of a model takes, against what the memory of the machine allows. */
@NullMarked
package dev.paceline.benchmarks.step;

import org.jspecify.annotations.NullMarked;
