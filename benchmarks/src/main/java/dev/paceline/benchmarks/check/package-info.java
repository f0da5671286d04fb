/** Whether a server's device computes what it should, and how fast: one table. */
@NullMarked
package dev.paceline.benchmarks.check;

import org.jspecify.annotations.NullMarked;
