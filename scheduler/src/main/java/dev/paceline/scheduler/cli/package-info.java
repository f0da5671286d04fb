/** The scheduler's commands: {@code simulate}, {@code figures} and {@code train-policy}. */
@NullMarked
package dev.paceline.scheduler.cli;

import org.jspecify.annotations.NullMarked;
