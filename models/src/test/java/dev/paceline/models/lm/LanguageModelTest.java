package dev.paceline.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.Race;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LanguageModelTest {
  @TempDir static Path folder;
  private static Path checkpoint;
  private static LanguageModel model;

  @BeforeAll
  static void load() {
    checkpoint = TestModels.odd(folder.resolve("odd"), "gelu_new", true);
    model = TestModels.load(checkpoint, folder, TestModels.options(Precision.FP32));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1",
    "1, 0, 1",
    "0.7, 0, 1",
    "1, 1, 1",
    "1, 10, 1",
    "1, 0, 0.9",
    "0.7, 50, 0.8",
    "1.3, 600, 0.999",
    "1, 0, 0.001",
    "5, 514, 1",
    "1e-6, 0, 1",
  })
  void picksAreTheRaceOnTheLogits(float temperature, int topK, float topP) {
    int[] tokens = new Random(3).ints(60, 0, 515).toArray();
    float[][] logits = model.logits(tokens);
    for (long seed : new long[] {0, 1, -1, 0x123456789ABCDEFL}) {
      SamplingParams sampling = new SamplingParams(temperature, topK, topP, seed);
      Picks picks = model.step(List.of(Segment.decode(0, 0, sampling, tokens))).segment(0);
      for (int i = 0; i < tokens.length; i++) {
        // The two may round a logarithm differently, which matters at a near-tie only.
        if (picks.margins()[i] > 1e-4 || sampling.greedy()) {
          int expected = Race.pick(logits[i], sampling, i + 1);
          assertThat(picks.tokens()[i]).as("position %d seed %d", i, seed).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void logitsComeForThoseWhoAskAndChangeNothing() {
    SamplingParams sampling = new SamplingParams(0.9f, 40, 0.95f, 5);
    Random random = new Random(8);
    int[] one = random.ints(9, 0, 515).toArray();
    int[] other = random.ints(6, 0, 515).toArray();
    float[][] expected = model.logits(other);
    List<Segment> coupled =
        List.of(
            new Segment(0, 0, one, 2, sampling),
            new Segment(1, 0, other, 3, sampling),
            Segment.prefill(2, 0, one));
    List<Segment> asking =
        List.of(
            new Segment(0, 0, one, 2, sampling),
            new Segment(1, 0, other, 3, sampling, true),
            Segment.prefill(2, 0, one));
    StepResult plain = model.step(coupled);
    StepResult judged = model.step(asking);
    for (int i = 0; i < 3; i++) {
      Picks picks = judged.segment(i);
      assertThat(picks.tokens()).isEqualTo(plain.segment(i).tokens());
      assertThat(picks.logProbabilities()).isEqualTo(plain.segment(i).logProbabilities());
      assertThat(picks.margins()).isEqualTo(plain.segment(i).margins());
      assertThat(plain.segment(i).logits()).isEmpty();
    }
    assertThat(judged.segment(0).logits()).isEmpty();
    assertThat(judged.segment(1).logits()).hasDimensions(3, 515);
    for (int i = 0; i < 3; i++) {
      assertThat(judged.segment(1).logits()[i]).isEqualTo(expected[3 + i]);
    }
  }

  @Test
  void integerPartOfTheRaceIsBitExact() {
    long[] keys = {0, -1, Race.key(42, 0), Race.key(-7, 1023), Long.MIN_VALUE};
    long[][] hashes = ((TorchLanguageModel) model).raceHash(keys);
    for (int k = 0; k < keys.length; k++) {
      for (int token = 0; token < 515; token++) {
        assertThat(hashes[k][token]).isEqualTo(Integer.toUnsignedLong(Race.hash(keys[k], token)));
      }
    }
  }

  @Test
  void logProbabilitiesAndMarginsComeFromTheLogits() {
    int[] tokens = {5, 17, 300};
    float[][] logits = model.logits(tokens);
    Picks picks =
        model.step(List.of(Segment.decode(0, 0, SamplingParams.GREEDY, tokens))).segment(0);
    for (int i = 0; i < tokens.length; i++) {
      double max = logits[i][picks.tokens()[i]];
      double sum = 0;
      double second = Double.NEGATIVE_INFINITY;
      for (int v = 0; v < logits[i].length; v++) {
        sum += Math.exp(logits[i][v] - max);
        second = v == picks.tokens()[i] ? second : Math.max(second, logits[i][v]);
      }
      assertThat((double) picks.logProbabilities()[i])
          .isCloseTo(-Math.log(sum), org.assertj.core.data.Offset.offset(1e-5));
      assertThat((double) picks.margins()[i])
          .isCloseTo(max - second, org.assertj.core.data.Offset.offset(1e-5));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16", "INT8", "INT8_DYNAMIC"})
  void rollbackAndReusedSlotsLeaveNoTrace(Precision precision) {
    try (LanguageModel each = TestModels.load(checkpoint, folder, TestModels.options(precision))) {
      SamplingParams sampling = new SamplingParams(0.9f, 0, 1f, 21);
      int[] tokens = new Random(9).ints(40, 0, 515).toArray();
      Sequence fresh = new Sequence(each, 1, sampling);
      fresh.prefill(tokens);
      Picks expected = fresh.step(7, 8, 9);

      Sequence reused = new Sequence(each, 2, sampling);
      reused.prefill(new Random(10).ints(200, 0, 515).toArray());
      reused.rollback(0);
      reused.prefill(tokens);
      Picks discarded = reused.step(100, 101, 102);
      assertThat(discarded.tokens()).hasSize(3);
      assertThat(reused.length()).isEqualTo(43);
      reused.rollback(40);
      Picks actual = reused.step(7, 8, 9);
      assertThat(actual.tokens()).isEqualTo(expected.tokens());
      assertThat(actual.margins()).isEqualTo(expected.margins());
    }
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThatThrownBy(() -> model.step(List.of(Segment.prefill(4, 0, 1))))
        .isInstanceOf(UserError.class)
        .hasMessage("slot 4 is not below the model's 4");
    assertThatThrownBy(() -> model.step(List.of(Segment.prefill(0, 199, 1, 2))))
        .isInstanceOf(UserError.class)
        .hasMessage("position 200 is beyond the context of 200");
    assertThatThrownBy(() -> model.step(List.of(Segment.prefill(0, 0, 515))))
        .isInstanceOf(UserError.class)
        .hasMessage("token 515 is outside the vocabulary of 515");
    assertThatThrownBy(
            () -> model.step(List.of(Segment.prefill(0, 0, 1), Segment.prefill(0, 1, 1))))
        .isInstanceOf(UserError.class)
        .hasMessage("slot 0 occurs twice in one step");
    assertThatThrownBy(() -> Segment.prefill(0, 0)).isInstanceOf(UserError.class);
    assertThatThrownBy(() -> new Segment(0, 0, new int[1], 2, SamplingParams.GREEDY))
        .isInstanceOf(UserError.class);
    assertThatThrownBy(() -> Precision.parse("int4"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("'int4'");
    assertThatThrownBy(
            () -> TestModels.load(checkpoint, folder, TestModels.options(Precision.FP16)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("fp16 needs a CUDA device");
    assertThatThrownBy(
            () ->
                TestModels.load(
                    checkpoint, folder, TestModels.options(Precision.FP32).withContextLength(201)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("context length 201 is more than the 200");
  }

  @Test
  void fillsTheContextToItsLastPosition() {
    int[] tokens = new Random(4).ints(200, 0, 515).toArray();
    assertThat(model.step(List.of(Segment.decode(0, 0, SamplingParams.GREEDY, tokens))).segment(0))
        .extracting(picks -> picks.tokens().length)
        .isEqualTo(200);
    assertThat(model.step(List.of()).segments()).isEmpty();
  }

  @Test
  void describesItself() {
    ModelInfo info = model.info();
    assertThat(info.id()).isEqualTo("test");
    assertThat(info.device()).isEqualTo("cpu");
    assertThat(info.slots()).isEqualTo(4);
    assertThat(info.contextLength()).isEqualTo(200);
    assertThat(info.digest()).hasSize(64);
    // A width of 48 runs on the plain kernel, whose inner width is padded from 100 to whole
    // vectors.
    long perLayer = 4 * 48 * 48 + 2 * 48 * 128;
    assertThat(info.weightBytesPerStep()).isEqualTo(4 * (2 * perLayer + 515 * 48));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void stepsDoNotLeak() throws IOException {
    SamplingParams sampling = new SamplingParams(1f, 0, 1f, 2);
    long before = 0;
    for (int i = 0; i < 3000; i++) {
      if (i == 1000) {
        before = residentKilobytes();
      }
      Segment mine = Segment.decode(0, i % 190, sampling, 1, 2, 3);
      Picks picks = model.step(List.of(mine, Segment.prefill(1, 5, 9))).segment(0);
      assertThat(picks.tokens()).hasSize(3);
    }
    // A leak of one step's smallest tensors would be 2000 steps x 3 rows x 515 x 4 bytes = 12 MB.
    assertThat(residentKilobytes() - before).isLessThan(8_000);
  }

  private static long residentKilobytes() throws IOException {
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("RssAnon:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
        .findFirst()
        .orElseThrow();
  }
}
