package dev.paceline.draft.openai;

import dev.paceline.models.tokenizer.Tokenizer;

/**
 * Whose text it is.
 *
 * @param id as clients name it
 * @param contextLength tokens of a prompt and its continuation together
 * @param created seconds since 1970
 */
record ServedModel(String id, int contextLength, Tokenizer tokenizer, long created) {}
