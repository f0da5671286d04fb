/**
 * Language models: {@link dev.paceline.models.lm.LanguageModels#load} compiles a checkpoint and
 * returns a {@link dev.paceline.models.lm.LanguageModel}, whose {@code step} runs the next
 * positions of any number of sequences in one native call and picks tokens by the race of {@link
 * dev.paceline.common.sampling.Race}.
 *
 * <pre>{@code
 * try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(folder);
 *     LanguageModel model = LanguageModels.load(checkpoint, LoadOptions.of(Precision.FP32))) {
 *   Sequence sequence = new Sequence(model, 0, SamplingParams.GREEDY);
 *   int token = sequence.start(promptIds).tokens()[0];
 *   while (token != model.info().config().eosToken()) {
 *     token = sequence.step(token).tokens()[0];
 *   }
 * }
 * }</pre>
 */
@NullMarked
package dev.paceline.models.lm;

import org.jspecify.annotations.NullMarked;
