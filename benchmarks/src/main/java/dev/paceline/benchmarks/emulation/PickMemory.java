package dev.paceline.benchmarks.emulation;

import dev.paceline.common.sampling.Race;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.models.lm.Picks;
import dev.paceline.models.lm.Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * What a real model picks after each prefix, computed once and remembered. Any number of emulated
 * devices share one, so that a measurement that repeats the same texts waits instead of computing:
 * the timing of one device does not depend on how many others run. Safe for use by several threads;
 * the model lives on a thread of its own.
 */
public final class PickMemory implements AutoCloseable {
  private static final int SLOTS = 8;

  /** One remembered pick. */
  private record Pick(int token, float logProbability, float margin) {}

  private final Map<Long, Pick> picks = new ConcurrentHashMap<>();
  private final ExecutorService owner =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "pick-memory");
            thread.setDaemon(true);
            return thread;
          });
  private final LanguageModel model;
  private final List<int[]> slots = new ArrayList<>();
  private final long[] usedAt;
  private long uses;

  /**
   * Loads the model.
   *
   * @throws dev.paceline.common.UserError from the loader
   */
  public PickMemory(Supplier<LanguageModel> loader) {
    model = call(loader::get);
    int count = Math.min(SLOTS, model.info().slots());
    for (int i = 0; i < count; i++) {
      slots.add(new int[0]);
    }
    usedAt = new long[count];
  }

  ModelInfo info() {
    return model.info();
  }

  /** How many picks are remembered. */
  public int size() {
    return picks.size();
  }

  /**
   * The picks after the last prefixes of a sequence.
   *
   * @param tokens from position 0
   * @param count how many: after all tokens, after all but the last, …
   */
  Picks picks(int[] tokens, int count, SamplingParams sampling) {
    long[] keys = keys(tokens, count, sampling);
    int[] ids = new int[count];
    float[] logProbabilities = new float[count];
    float[] margins = new float[count];
    for (int i = 0; i < count; i++) {
      Pick pick = picks.get(keys[i]);
      if (pick == null) {
        int from = i;
        pick =
            call(
                () -> {
                  compute(tokens, count - from, Arrays.copyOfRange(keys, from, count), sampling);
                  return picks.get(keys[from]);
                });
      }
      ids[i] = pick.token();
      logProbabilities[i] = pick.logProbability();
      margins[i] = pick.margin();
    }
    return new Picks(ids, logProbabilities, margins);
  }

  /** One hash per prefix that is picked after. */
  private static long[] keys(int[] tokens, int count, SamplingParams sampling) {
    long[] keys = new long[count];
    long key = Race.mix(sampling.hashCode() * 31L + sampling.seed());
    for (int i = 0; i < tokens.length; i++) {
      key = Race.mix(key * 31 + tokens[i] + 1);
      int index = i - (tokens.length - count);
      if (index >= 0) {
        keys[index] = key;
      }
    }
    return keys;
  }

  /** On the owner's thread. */
  private void compute(int[] tokens, int count, long[] keys, SamplingParams sampling) {
    int slot = bestSlot(tokens);
    int start = Math.min(common(slots.get(slot), tokens), tokens.length - count);
    int[] rows = Arrays.copyOfRange(tokens, start, tokens.length);
    Segment segment = new Segment(slot, start, rows, count, sampling);
    Picks computed = model.step(List.of(segment)).segment(0);
    slots.set(slot, tokens.clone());
    usedAt[slot] = ++uses;
    for (int i = 0; i < count; i++) {
      Pick pick =
          new Pick(computed.tokens()[i], computed.logProbabilities()[i], computed.margins()[i]);
      picks.put(keys[i], pick);
    }
  }

  /** The slot with the longest common prefix; of those with none, the least recently used. */
  private int bestSlot(int[] tokens) {
    int best = 0;
    for (int slot = 1; slot < slots.size(); slot++) {
      int gain = common(slots.get(slot), tokens) - common(slots.get(best), tokens);
      if (gain > 0 || gain == 0 && usedAt[slot] < usedAt[best]) {
        best = slot;
      }
    }
    return best;
  }

  private static int common(int[] a, int[] b) {
    int differs = Arrays.mismatch(a, b);
    return differs < 0 ? a.length : differs;
  }

  private <T> T call(Callable<T> task) {
    Future<T> answer = owner.submit(task);
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException
          ? (RuntimeException) e.getCause()
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a model computed", e);
    }
  }

  @Override
  public void close() {
    owner.execute(model::close);
    owner.shutdown();
  }
}
