/**
 * Byte-level BPE tokenizers as GPT-2 has them. Text is encoded by HuggingFace's own library through
 * DJL; ids are decoded by a table of bytes, cheaply enough for one call per token, and never to
 * half a character.
 */
@NullMarked
package dev.paceline.models.tokenizer;

import org.jspecify.annotations.NullMarked;
