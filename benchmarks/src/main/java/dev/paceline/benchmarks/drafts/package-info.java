/** {@code paceline bench drafts}: what a draft costs, and what an accepted one does. */
@NullMarked
package dev.paceline.benchmarks.drafts;

import org.jspecify.annotations.NullMarked;
