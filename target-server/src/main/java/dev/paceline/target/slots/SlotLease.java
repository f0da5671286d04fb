package dev.paceline.target.slots;

/**
 * A slot handed to a session.
 *
 * @param slot index, 0 to slots − 1
 * @param cachedPositions leading positions of the session's tokens whose keys and values the slot
 *     already holds; always fewer than the tokens, because the last one must be computed to predict
 *     its successor
 */
public record SlotLease(int slot, int cachedPositions) {}
