/** The client's commands: {@code generate} and {@code demo}. */
@NullMarked
package dev.paceline.draft.cli;

import org.jspecify.annotations.NullMarked;
