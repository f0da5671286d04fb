package dev.paceline.target;

import dev.paceline.models.compile.Precision;
import org.jspecify.annotations.Nullable;

/**
 * A draft model that the server runs itself, beside each target.
 *
 * @param model id or folder, or a pair of which the draft is taken
 * @param precision null: fp16 on CUDA, elsewhere 8 bits where there is a kernel for them
 */
public record ServerDraft(String model, @Nullable Precision precision) {}
