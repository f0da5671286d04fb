package dev.paceline.benchmarks.check;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Whether verification says what decoding one by one says: a text is decoded a token at a time in a
 * slot of its own, then judged in blocks of several lengths, alone and among other sequences.
 */
final class RowsCheck {
  /** Slots that the model must have. */
  static final int SLOTS = 4;

  private static final int PROMPT = 24;
  private static final int TOKENS = 48;
  private static final int[] BLOCKS = {2, 3, 4, 7, 8, 16};
  private static final List<SamplingParams> SAMPLINGS =
      List.of(SamplingParams.GREEDY, new SamplingParams(0.9f, 50, 0.95f, 7));

  private final LanguageModel model;
  private final Random random = new Random(1);
  private int compared;
  private int differ;
  private float widest;

  private RowsCheck(LanguageModel model) {
    this.model = model;
  }

  static Finding run(LanguageModel model) {
    RowsCheck check = new RowsCheck(model);
    for (SamplingParams sampling : SAMPLINGS) {
      int[] text = check.alone(sampling);
      for (int block : BLOCKS) {
        for (boolean company : new boolean[] {false, true}) {
          check.judge(text, sampling, block, company);
        }
      }
    }
    String measured =
        String.format(
            Locale.ROOT,
            "%d picks in blocks of 2 to 16 compared with one by one, %d differ%s",
            check.compared,
            check.differ,
            check.differ == 0
                ? ""
                : String.format(Locale.ROOT, " (largest margin %.4f)", check.widest));
    return new Finding("verification = decoding", check.differ == 0, measured);
  }

  /** Prompt and continuation, one token a step. */
  private int[] alone(SamplingParams sampling) {
    int[] text = new int[PROMPT + TOKENS];
    for (int i = 0; i < PROMPT; i++) {
      text[i] = random.nextInt(model.info().config().vocabSize());
    }
    model.step(List.of(Segment.prefill(0, 0, Arrays.copyOf(text, PROMPT - 1))));
    for (int i = PROMPT; i < text.length; i++) {
      Segment one = Segment.decode(0, i - 1, sampling, text[i - 1]);
      text[i] = model.step(List.of(one)).segment(0).tokens()[0];
    }
    return text;
  }

  private void judge(int[] text, SamplingParams sampling, int block, boolean company) {
    model.step(List.of(Segment.prefill(1, 0, Arrays.copyOf(text, PROMPT - 1))));
    for (int from = PROMPT - 1; from + block < text.length; from += block) {
      List<Segment> step = new ArrayList<>();
      step.add(Segment.decode(1, from, sampling, Arrays.copyOfRange(text, from, from + block)));
      if (company) {
        for (int slot = 2; slot < SLOTS; slot++) {
          int[] noise = random.ints(1 + random.nextInt(9), 0, 100).toArray();
          step.add(Segment.decode(slot, 0, SamplingParams.GREEDY, noise));
        }
      }
      var picks = model.step(step).segment(0);
      for (int i = 0; i < block; i++) {
        compared++;
        if (picks.tokens()[i] != text[from + i + 1]) {
          differ++;
          widest = Math.max(widest, picks.margins()[i]);
        }
      }
    }
  }
}
