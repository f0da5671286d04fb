/** Regenerates the paper's figures 5 and 6: numbers, plots and a summary in words. */
@NullMarked
package dev.paceline.scheduler.figures;

import org.jspecify.annotations.NullMarked;
