/** {@code paceline serve}. */
@NullMarked
package dev.paceline.target.cli;

import org.jspecify.annotations.NullMarked;
