/**
 * Text in, text out: what {@code generate}, {@code chat} and {@code api} have in common above
 * tokens. A {@link dev.paceline.draft.text.TextModel} continues one prompt at a time; characters
 * come whole, stop strings end the text before them wherever token boundaries lie, and the token
 * that ends a text is not part of it.
 */
@NullMarked
package dev.paceline.draft.text;

import org.jspecify.annotations.NullMarked;
