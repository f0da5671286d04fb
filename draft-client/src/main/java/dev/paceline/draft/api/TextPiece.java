package dev.paceline.draft.api;

import dev.paceline.common.speculation.draft.Provenance;

/**
 * Some characters of a text.
 *
 * @param text whole characters, not empty
 * @param from where their last token came from
 */
public record TextPiece(String text, Provenance from) {}
