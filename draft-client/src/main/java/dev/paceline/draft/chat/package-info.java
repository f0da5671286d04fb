/**
 * {@code paceline chat}: a text that a person and the model write in turns. The models are no chat
 * models, they continue texts; so what the person types is appended to the text as a line of its
 * own, the model continues it, and what it wrote is part of the text that the next turn continues.
 * An empty line lets the model go on. Lines that begin with a slash are commands.
 */
@NullMarked
package dev.paceline.draft.chat;

import org.jspecify.annotations.NullMarked;
