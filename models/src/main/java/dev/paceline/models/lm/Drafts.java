package dev.paceline.models.lm;

/**
 * Drafted tokens in order. The arrays are the caller's to keep.
 *
 * @param ids at least one
 * @param logProbabilities natural log of each one's probability under the draft model, after
 *     temperature and filters, among the tokens it could pick
 */
public record Drafts(int[] ids, float[] logProbabilities) {}
