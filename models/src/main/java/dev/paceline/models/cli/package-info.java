/**
 * {@code paceline models}, and what every command of the project shares: the environment twins of
 * options, and the mapping of usage errors to a sentence and exit status 2.
 */
@NullMarked
package dev.paceline.models.cli;

import org.jspecify.annotations.NullMarked;
