package dev.paceline.models.lm;

import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Config;

/**
 * What a loaded model is.
 *
 * @param id name for people, such as {@code openai-community/gpt2}
 * @param config shape of the checkpoint
 * @param precision in which it runs
 * @param device {@code cpu} or {@code cuda:N}
 * @param weightBytesPerStep weights that a step reads at least once; with the memory's bandwidth
 *     the lower bound of its time
 * @param slots key-value slots
 * @param contextLength positions per slot
 * @param digest SHA-256 of the weights
 */
public record ModelInfo(
    String id,
    Gpt2Config config,
    Precision precision,
    String device,
    long weightBytesPerStep,
    int slots,
    int contextLength,
    String digest) {}
