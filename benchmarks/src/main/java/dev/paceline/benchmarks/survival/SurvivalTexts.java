package dev.paceline.benchmarks.survival;

import dev.paceline.benchmarks.emulation.EmulatedModel;
import dev.paceline.benchmarks.emulation.PickMemory;
import dev.paceline.benchmarks.emulation.StepTime;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.draft.core.SoloDecoder;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.Segment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The texts to write, and what the target writes alone. Before a text is asked for, the memories of
 * the emulated devices learn it, so that its first run does not wait for a real model. Safe for use
 * by several threads.
 */
final class SurvivalTexts implements AutoCloseable {
  private static final int[] NO_STOP = {};
  private static final List<DecodeMode> MODES =
      List.of(DecodeMode.STREAM, DecodeMode.SERVER_ONLY, DecodeMode.PEARL, DecodeMode.SYNC);

  private static final StepTime AT_ONCE = new StepTime(0, 0);

  private final LanguageModel alone;
  private final List<PickMemory> memories;
  private final List<int[]> prompts;
  private final int longest;

  /** The model alone belongs to one thread. */
  private final ExecutorService writer = Executors.newSingleThreadExecutor();

  /** By number of text; guarded by this. */
  private final Map<Integer, int[]> known = new HashMap<>();

  /**
   * @param alone stays open
   * @param memories of target and draft
   * @param longest tokens of a text
   */
  SurvivalTexts(LanguageModel alone, List<PickMemory> memories, List<int[]> prompts, int longest) {
    this.alone = alone;
    this.memories = memories;
    this.prompts = prompts;
    this.longest = longest;
  }

  /** Every second one greedy. */
  private static SamplingParams sampling(int index) {
    return index % 2 == 0 ? SamplingParams.GREEDY : new SamplingParams(1f, 0, 1f, 17);
  }

  private int[] prompt(int index) {
    return prompts.get(index / 2 % prompts.size());
  }

  /** The request for a text; modes take turns. */
  OpenFrame open(int index, int tokens) {
    return new OpenFrame(
        "",
        new byte[0],
        prompt(index),
        new int[0],
        sampling(index),
        tokens,
        NO_STOP,
        MODES.get(index / 3 % MODES.size()),
        VerificationMode.COUPLED,
        "survival " + index);
  }

  private int[] learned(int index) {
    try {
      return writer.submit(() -> write(index)).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private int[] write(int index) {
    int[] prompt = prompt(index);
    int[] output = SoloDecoder.decode(alone, prompt, sampling(index), longest, NO_STOP, id -> {});
    int[] tokens = Arrays.copyOf(prompt, prompt.length + output.length - 1);
    System.arraycopy(output, 0, tokens, prompt.length, output.length - 1);
    for (PickMemory memory : memories) {
      try (EmulatedModel device = new EmulatedModel(memory, 1)) {
        device.speed(AT_ONCE);
        device.step(List.of(new Segment(0, 0, tokens, output.length, sampling(index))));
      }
    }
    return output;
  }

  /** What the target writes alone. */
  synchronized int[] reference(int index, int tokens) {
    int[] text = known.computeIfAbsent(index % (2 * prompts.size()), this::learned);
    return Arrays.copyOf(text, Math.min(tokens, text.length));
  }

  @Override
  public void close() {
    writer.shutdownNow();
  }
}
