package dev.paceline.models.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.Race;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.lm.Sequence;
import dev.paceline.models.safetensors.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {
  private static final Gpt2Config SHAPE = Gpt2Config.ofShape(50, 16, 24, 1, 2, 48);
  private static final int LENGTH = 9;
  private static final int PROMPT = 3;

  /** More documents than a model's slots. */
  private static final Samples SAMPLES = new Samples(35 * LENGTH, LENGTH, PROMPT, 11);

  private static final int[] TEXT = new Random(6).ints(400, 0, 50).toArray();
  private static final TrainRun.Texts TEXTS =
      new TrainRun.Texts(List.of(Corpus.of(TEXT)), new double[] {1});

  @TempDir Path folder;

  private final ByteArrayOutputStream sink = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(sink, true, StandardCharsets.UTF_8);

  @BeforeEach
  void target() throws IOException {
    FlatLayout layout = new FlatLayout(SHAPE);
    Weights.write(Tiny.weights(layout), layout, DType.F32, folder.resolve("target"));
  }

  @Test
  void documentsAreTextThatTheTargetGoesOnWith() throws IOException {
    CacheDirectory cache = new CacheDirectory(folder.resolve("cache"));
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(folder.resolve("target"), cache);
        LanguageModel model =
            LanguageModels.load(
                "t", checkpoint, LoadOptions.of(Precision.FP32).withThreads(1), cache)) {
      Corpus made = SAMPLES.make(checkpoint, TEXTS, "cpu", 1, cache, err);
      assertThat(made.size()).isEqualTo(35 * LENGTH);
      for (int d = 0; d < 35; d++) {
        int[] document = made.window(d * LENGTH, LENGTH);
        int[] prompt = Arrays.copyOf(document, PROMPT);
        assertThat(IntStream.range(0, TEXT.length - PROMPT))
            .as("document %d begins with a piece of the text", d)
            .anyMatch(at -> Arrays.equals(TEXT, at, at + PROMPT, prompt, 0, PROMPT));
        SamplingParams sampling = new SamplingParams(1f, 0, 1f, Race.mix(11 + d));
        Sequence sequence = new Sequence(model, 0, sampling);
        int token = sequence.start(prompt).tokens()[0];
        for (int i = PROMPT; i < LENGTH; i++) {
          assertThat(document[i]).as("document %d, token %d", d, i).isEqualTo(token);
          token = sequence.step(token).tokens()[0];
        }
      }
    }
  }

  @Test
  void theTargetWritesOnceForTheSameTextAndSeed() throws IOException {
    CacheDirectory cache = new CacheDirectory(folder.resolve("cache"));
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(folder.resolve("target"), cache)) {
      Corpus first = SAMPLES.make(checkpoint, TEXTS, "cpu", 1, cache, err);
      assertThat(sink.toString(StandardCharsets.UTF_8)).contains("35 of 35 documents");
      sink.reset();
      Corpus again = SAMPLES.make(checkpoint, TEXTS, "cpu", 1, cache, err);
      assertThat(sink.size()).isZero();
      assertThat(again.window(0, again.size())).isEqualTo(first.window(0, first.size()));
      Samples other = new Samples(35 * LENGTH, LENGTH, PROMPT, 12);
      Corpus different = other.make(checkpoint, TEXTS, "cpu", 1, cache, err);
      assertThat(different.window(0, again.size())).isNotEqualTo(first.window(0, first.size()));
    }
  }
}
