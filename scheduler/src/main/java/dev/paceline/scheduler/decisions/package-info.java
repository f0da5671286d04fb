/** Policies as one thing: an association rule and a share rule, and how long they take. */
@NullMarked
package dev.paceline.scheduler.decisions;

import org.jspecify.annotations.NullMarked;
