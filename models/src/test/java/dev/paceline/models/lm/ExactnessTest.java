package dev.paceline.models.lm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.Backend;
import dev.paceline.models.compile.CpuFlags;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Verification must agree with decoding: picks, log-probabilities and margins are bitwise the same
 * however a sequence is split into steps, in whatever slot and company.
 */
class ExactnessTest {
  private static final int LENGTH = 120;

  @TempDir static Path folder;
  private static Path tied;
  private static Path untied;

  @BeforeAll
  static void writeCheckpoints() {
    tied = TestModels.odd(folder.resolve("tied"), "gelu_new", true);
    untied = TestModels.odd(folder.resolve("untied"), "gelu", false);
  }

  @ParameterizedTest
  @CsvSource({"FP32, ONEDNN", "FP32, CPU", "BF16, CPU", "INT8, ONEDNN"})
  void stepsOfAnySizeAndCompanyAgree(Precision precision, Backend backend) {
    for (Path checkpoint : List.of(tied, untied)) {
      try (LanguageModel model = TestModels.load(checkpoint, folder, precision, backend, 1)) {
        Random random = new Random(5);
        for (SamplingParams sampling : samplings()) {
          int[] tokens = random.ints(LENGTH, 0, 515).toArray();
          Picks alone = oneByOne(model, 0, tokens, sampling);
          assertSame(split(model, 0, tokens, sampling, random, false), alone);
          assertSame(split(model, 3, tokens, sampling, random, true), alone);
        }
      }
    }
  }

  /** With the kernels that this machine gets: bfloat16 has other ones where the CPU lacks it. */
  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16", "INT8"})
  void soItIsOnThisMachineAtEveryWidth(Precision precision) {
    for (int width : new int[] {48, 64, 192, 256}) {
      Gpt2Config shape = Gpt2Config.ofShape(515, 200, width, 2, 4, 4 * width);
      Path path = TestModels.random(folder.resolve("width" + width), shape, "gelu_new", true);
      try (LanguageModel model = TestModels.load(path, folder, TestModels.options(precision))) {
        Random random = new Random(width);
        SamplingParams sampling = new SamplingParams(1f, 0, 0.9f, 13);
        int[] tokens = random.ints(LENGTH, 0, 515).toArray();
        Picks alone = oneByOne(model, 0, tokens, sampling);
        assertSame(split(model, 0, tokens, sampling, random, false), alone);
        assertSame(split(model, 3, tokens, sampling, random, true), alone);
      }
    }
  }

  /** The 8-bit kernel of CPUs without VNNI. */
  @Test
  void soItIsWithoutVnni() {
    System.setProperty("paceline.vnni", "false");
    try {
      stepsOfAnySizeAndCompanyAgree(Precision.INT8, Backend.ONEDNN);
    } finally {
      System.clearProperty("paceline.vnni");
    }
  }

  /** Blocks of rows then begin off the alignment of vectors. */
  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16"})
  void widthsThatAreNotAMultipleOfFourAgree(Precision precision) {
    Gpt2Config shape = Gpt2Config.ofShape(101, 100, 50, 2, 2, 61);
    Path narrow = TestModels.random(folder.resolve("narrow"), shape, "gelu_new", true);
    try (LanguageModel model = TestModels.load(narrow, folder, precision, packed(precision), 1)) {
      int[] tokens = new Random(8).ints(90, 0, 101).toArray();
      SamplingParams sampling = new SamplingParams(1f, 0, 1f, 11);
      Picks alone = oneByOne(model, 0, tokens, sampling);
      assertSame(model.step(List.of(Segment.decode(1, 0, sampling, tokens))).segment(0), alone);
    }
  }

  /** Short, because two threads on a busy machine wait for each other at every operation. */
  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16", "INT8"})
  void soItIsWithTwoThreads(Precision precision) {
    try (LanguageModel model = TestModels.load(tied, folder, precision, packed(precision), 2)) {
      int[] tokens = new Random(6).ints(12, 0, 515).toArray();
      SamplingParams sampling = new SamplingParams(0.7f, 0, 1f, 11);
      Picks alone = oneByOne(model, 0, tokens, sampling);
      assertSame(model.step(List.of(Segment.decode(1, 0, sampling, tokens))).segment(0), alone);
    }
  }

  @Test
  void builtInTargetVerifiesAsItDecodes() throws Exception {
    Path target =
        Path.of(
            LanguageModels.class
                .getResource("/dev/paceline/models/builtin/paceline-nano-target")
                .toURI());
    try (LanguageModel model =
        TestModels.load(target, folder, TestModels.options(Precision.FP32))) {
      SamplingParams sampling = new SamplingParams(0.8f, 0, 0.95f, 7);
      Sequence sequence = new Sequence(model, 0, sampling);
      int[] text = new int[60];
      text[0] = sequence.start(464, 2951).tokens()[0];
      for (int i = 1; i < text.length; i++) {
        text[i] = sequence.step(text[i - 1]).tokens()[0];
      }
      sequence.rollback(2);
      for (int from = 0; from + 9 < text.length; from += 9) {
        int[] verified = sequence.step(Arrays.copyOfRange(text, from, from + 9)).tokens();
        assertThat(verified).isEqualTo(Arrays.copyOfRange(text, from + 1, from + 10));
      }
    }
  }

  /** oneDNN where it is used: for bfloat16 on CPUs that multiply in it only. */
  private static Backend packed(Precision precision) {
    boolean slow = precision == Precision.BF16 && !CpuFlags.bfloat16();
    return slow ? Backend.CPU : Backend.ONEDNN;
  }

  private static List<SamplingParams> samplings() {
    return List.of(
        SamplingParams.GREEDY,
        new SamplingParams(0.7f, 0, 1f, 11),
        new SamplingParams(1f, 20, 1f, 12),
        new SamplingParams(1f, 0, 0.9f, 13),
        new SamplingParams(0.7f, 40, 0.8f, 14));
  }

  private static Picks oneByOne(
      LanguageModel model, int slot, int[] tokens, SamplingParams sampling) {
    Sequence sequence = new Sequence(model, slot, sampling);
    List<Picks> parts = new ArrayList<>();
    for (int token : tokens) {
      parts.add(sequence.step(token));
    }
    return join(parts);
  }

  /** The same positions in steps of 1 to 20 rows, with other segments around if asked. */
  private static Picks split(
      LanguageModel model,
      int slot,
      int[] tokens,
      SamplingParams sampling,
      Random random,
      boolean company) {
    List<Picks> parts = new ArrayList<>();
    for (int at = 0; at < tokens.length; ) {
      int n = Math.min(tokens.length - at, 1 + random.nextInt(20));
      List<Segment> segments = new ArrayList<>();
      int mine = company ? random.nextInt(3) : 0;
      for (int other = 0; other < (company ? 3 : 0); other++) {
        if (other == mine) {
          segments.add(Segment.decode(slot, at, sampling, Arrays.copyOfRange(tokens, at, at + n)));
        }
        int[] noise = random.ints(1 + random.nextInt(12), 0, 515).toArray();
        SamplingParams theirs = samplings().get(random.nextInt(5));
        int picks = random.nextInt(noise.length + 1);
        segments.add(new Segment(other, random.nextInt(100), noise, picks, theirs));
      }
      if (!company) {
        segments.add(Segment.decode(slot, at, sampling, Arrays.copyOfRange(tokens, at, at + n)));
      }
      parts.add(model.step(segments).segment(mine));
      at += n;
    }
    return join(parts);
  }

  private static Picks join(List<Picks> parts) {
    int count = parts.stream().mapToInt(p -> p.tokens().length).sum();
    int[] tokens = new int[count];
    float[] logProbabilities = new float[count];
    float[] margins = new float[count];
    int at = 0;
    for (Picks part : parts) {
      int n = part.tokens().length;
      System.arraycopy(part.tokens(), 0, tokens, at, n);
      System.arraycopy(part.logProbabilities(), 0, logProbabilities, at, n);
      System.arraycopy(part.margins(), 0, margins, at, n);
      at += n;
    }
    return new Picks(tokens, logProbabilities, margins);
  }

  private static void assertSame(Picks actual, Picks expected) {
    assertThat(actual.tokens()).isEqualTo(expected.tokens());
    assertThat(actual.logProbabilities()).isEqualTo(expected.logProbabilities());
    assertThat(actual.margins()).isEqualTo(expected.margins());
  }
}
