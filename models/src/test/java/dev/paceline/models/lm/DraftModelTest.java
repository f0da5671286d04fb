package dev.paceline.models.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.Probabilities;
import dev.paceline.common.sampling.Race;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.compile.Shortlist;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DraftModelTest {
  private static final int VOCABULARY = 515;
  private static final int SHORT = 300;
  private static final int CONTEXT = 200;

  @TempDir static Path folder;
  private static Path checkpoint;
  private static DraftModel full;
  private static DraftModel shortened;
  private static DraftModel stepping;

  @BeforeAll
  static void load() {
    checkpoint = TestModels.odd(folder.resolve("odd"), "gelu_new", true);
    full = load(Precision.INT8_DYNAMIC, Shortlist.OFF);
    shortened = load(Precision.INT8_DYNAMIC, new Shortlist(SHORT));
    stepping = load(Precision.FP32, Shortlist.OFF);
  }

  @AfterAll
  static void close() {
    full.close();
    shortened.close();
    stepping.close();
  }

  private static DraftModel load(Precision precision, Shortlist shortlist) {
    CacheDirectory cache = new CacheDirectory(folder);
    try (Gpt2Checkpoint open = Gpt2Checkpoint.open(checkpoint, cache)) {
      return LanguageModels.loadDraft(
          "test", open, TestModels.options(precision), shortlist, cache);
    }
  }

  private static int[] tokens(int count, int seed) {
    return new Random(seed).ints(count, 0, VOCABULARY).toArray();
  }

  private static SamplingParams sampling(float temperature, int topK, float topP) {
    return new SamplingParams(temperature, topK, topP, 42);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 1", "1, 0, 1", "0.7, 20, 1", "1, 0, 0.9", "1, 514, 0.5"})
  void severalDraftsOfOneCallAreThoseOfSingleCalls(float temperature, int topK, float topP) {
    SamplingParams sampling = sampling(temperature, topK, topP);
    int[] prompt = tokens(20, 1);
    for (DraftModel model : List.of(full, shortened, stepping)) {
      Drafts together = model.draft(0, prompt, 8, 0, sampling);
      assertThat(together.ids()).hasSize(8);
      int[] feed = prompt;
      int start = 0;
      for (int i = 0; i < 8; i++) {
        Drafts single = model.draft(start, feed, 1, 0, sampling);
        assertThat(single.ids()).containsExactly(together.ids()[i]);
        assertThat(single.logProbabilities()).containsExactly(together.logProbabilities()[i]);
        start += feed.length;
        feed = single.ids();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"20", "128", "129", "199"})
  void logitsAreThoseThatDraftsArePickedFrom(int length) {
    int[] prompt = tokens(length, 4);
    for (DraftModel model : List.of(full, shortened, stepping)) {
      Drafts greedy = model.draft(0, prompt, 1, 0, SamplingParams.GREEDY);
      float[] logits = model.logits(0, prompt);
      assertThat(logits).hasSize(VOCABULARY);
      assertThat(Race.argmax(logits)).isEqualTo(greedy.ids()[0]);
      float[] p = Probabilities.of(logits, sampling(1, 0, 1));
      assertThat((float) Math.log(p[greedy.ids()[0]]))
          .isCloseTo(greedy.logProbabilities()[0], within(1e-4f));
      int absent = 0;
      for (float logit : logits) {
        absent += logit == Float.NEGATIVE_INFINITY ? 1 : 0;
      }
      int pickable = new Shortlist(SHORT).pickable(model.info().config());
      assertThat(absent).isEqualTo(model == shortened ? VOCABULARY - pickable : 0);
      // What was fed stays: the last id alone, on top of it.
      int[] last = {prompt[length - 1]};
      Drafts again = model.draft(length - 1, last, 1, 0, SamplingParams.GREEDY);
      assertThat(Race.argmax(model.logits(length - 1, last))).isEqualTo(again.ids()[0]);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 1", "1, 0, 1", "0.7, 20, 1", "1, 0, 0.9"})
  void draftsAreTheStepsOfTheSamePrecision(float temperature, int topK, float topP) {
    SamplingParams sampling = sampling(temperature, topK, topP);
    int compared = 0;
    try (LanguageModel model =
        TestModels.load(checkpoint, folder, TestModels.options(Precision.INT8_DYNAMIC))) {
      for (int seed = 0; seed < 20; seed++) {
        int[] prompt = tokens(30, seed);
        Picks picks = model.step(List.of(new Segment(0, 0, prompt, 1, sampling))).segment(0);
        Drafts drafts = full.draft(0, prompt, 1, 0, sampling);
        if (picks.margins()[0] > 1e-3) {
          assertThat(drafts.ids()).containsExactly(picks.tokens());
          assertThat(drafts.logProbabilities()[0])
              .isCloseTo(picks.logProbabilities()[0], within(1e-3f));
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(15);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "0.7, 0"})
  void thePickOfAShortlistIsThePickOfAllWhereTheListHasIt(float temperature, int topK) {
    SamplingParams sampling = sampling(temperature, topK, 1);
    int[] text = tokens(100, 7);
    int inList = 0;
    int others = 0;
    for (int end = 1; end <= text.length; end++) {
      int[] feed = Arrays.copyOfRange(text, end - 1, end);
      int all = full.draft(end - 1, feed, 1, 0, sampling).ids()[0];
      int some = shortened.draft(end - 1, feed, 1, 0, sampling).ids()[0];
      assertThat(some).isLessThan(SHORT);
      if (all < SHORT) {
        assertThat(some).as("position %d", end).isEqualTo(all);
        inList++;
      } else {
        others++;
      }
    }
    assertThat(inList).isGreaterThan(20);
    assertThat(others).isGreaterThan(10);
  }

  @Test
  void aShortlistHasTheEndOfText() {
    Path gpt2 =
        TestModels.random(
            folder.resolve("ends"),
            dev.paceline.models.gpt2.Gpt2Config.ofShape(600, 64, 32, 1, 2, 64),
            "gelu_new",
            true);
    CacheDirectory cache = new CacheDirectory(folder);
    try (Gpt2Checkpoint open = Gpt2Checkpoint.open(gpt2, cache)) {
      assertThat(new Shortlist(300).pickable(open.config())).isEqualTo(300);
      assertThat(new Shortlist(600).pickable(open.config())).isEqualTo(600);
      assertThat(Shortlist.OFF.pickable(open.config())).isEqualTo(600);
    }
  }

  @Test
  void stopsWhereTheDraftsAreUnlikely() {
    SamplingParams sampling = sampling(1, 0, 1);
    for (DraftModel model : List.of(full, stepping)) {
      Drafts all = model.draft(0, tokens(20, 3), 8, 0, sampling);
      double chance = 0;
      for (int n = 1; n < 8; n++) {
        chance += all.logProbabilities()[n - 1];
        Drafts above = model.draft(0, tokens(20, 3), 8, Math.exp(chance) * 1.01, sampling);
        assertThat(above.ids()).containsExactly(Arrays.copyOf(all.ids(), n));
        Drafts below = model.draft(0, tokens(20, 3), n + 1, Math.exp(chance) * 0.99, sampling);
        assertThat(below.ids()).containsExactly(Arrays.copyOf(all.ids(), n + 1));
      }
    }
  }

  @Test
  void rollsBackAndFeedsInAnyPieces() {
    int[] text = tokens(190, 5);
    Drafts whole = full.draft(0, text, 3, 0, SamplingParams.GREEDY);
    full.draft(10, tokens(60, 6), 4, 0, SamplingParams.GREEDY);
    Drafts again = full.draft(0, text, 3, 0, SamplingParams.GREEDY);
    assertThat(again.ids()).isEqualTo(whole.ids());
    assertThat(again.logProbabilities()).isEqualTo(whole.logProbabilities());
  }

  @Test
  void draftsEndWithTheContext() {
    for (DraftModel model : List.of(full, stepping)) {
      int[] text = tokens(CONTEXT - 2, 5);
      assertThat(model.draft(0, text, 8, 0, SamplingParams.GREEDY).ids()).hasSize(3);
    }
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThatThrownBy(() -> full.draft(0, new int[] {VOCABULARY}, 1, 0, SamplingParams.GREEDY))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("token 515");
    assertThatThrownBy(() -> full.draft(CONTEXT, new int[] {1}, 1, 0, SamplingParams.GREEDY))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("position 200");
    assertThatThrownBy(() -> full.draft(0, new int[0], 1, 0, SamplingParams.GREEDY))
        .isInstanceOf(UserError.class);
    assertThatThrownBy(() -> new Shortlist(255))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("255");
  }
}
