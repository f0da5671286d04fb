package dev.paceline.scheduler.masac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.paceline.common.UserError;
import dev.paceline.scheduler.mec.NpyArray;
import dev.paceline.scheduler.mec.NpzFile;
import dev.paceline.scheduler.mec.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearningTest {
  @TempDir Path folder;

  @Test
  void criticLossFallsOnAFixedBatch() {
    List<Transition> items = experience(Variant.PAPER);
    try (SoftActorCritic sac = sac(Variant.PAPER)) {
      SplittableRandom random = new SplittableRandom(1);
      double first = 0;
      double last = 0;
      for (int k = 0; k < 60; k++) {
        double loss = sac.update(items, 0, random).critic();
        first += k < 10 ? loss : 0;
        last += k >= 50 ? loss : 0;
      }
      assertThat(last).isLessThan(0.5 * first);
    }
  }

  /** With the critics held still, −Q + α log π must fall. */
  @Test
  void actorLossFallsOnAFixedBatch() {
    List<Transition> items = experience(Variant.RESIDUAL);
    try (SoftActorCritic sac = sac(Variant.RESIDUAL);
        NDManager scratch = TensorEngine.manager()) {
      SplittableRandom random = new SplittableRandom(1);
      for (int k = 0; k < 30; k++) {
        sac.update(items, 0, random);
      }
      Batch seen = Batch.of(scratch, items, Transition::seen);
      double first = 0;
      double last = 0;
      for (int k = 0; k < 100; k++) {
        double loss = sac.updateActor(scratch, seen, 0.01f, 0, random)[0];
        first += k < 15 ? loss : 0;
        last += k >= 85 ? loss : 0;
      }
      assertThat(last).isLessThan(first);
    }
  }

  @Test
  void sameSeedGivesTheSameRun() throws IOException {
    Path one = Files.createDirectory(folder.resolve("one"));
    Path two = Files.createDirectory(folder.resolve("two"));
    for (Path run : List.of(one, two)) {
      new Trainer(settings(16), run).run(n -> {});
    }
    assertThat(one.resolve("log.csv")).hasSameTextualContentAs(two.resolve("log.csv"));
    assertThat(one.resolve("last.npz")).hasSameBinaryContentAs(two.resolve("last.npz"));
  }

  @Test
  void trainingResumesWhereItStopped() throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    new Trainer(settings(10), run).run(n -> {});
    assertThat(PolicyFile.updates(run.resolve("last.npz"))).isEqualTo(10);
    List<Long> seen = new ArrayList<>();
    new Trainer(settings(20), run).run(seen::add);
    assertThat(seen.get(0)).isEqualTo(11);
    assertThat(PolicyFile.updates(run.resolve("last.npz"))).isEqualTo(20);
    List<String> log = Files.readAllLines(run.resolve("log.csv"));
    assertThat(log.get(0)).startsWith("update,critic_loss,actor_loss");
    assertThat(log).hasSize(3);
    double best = Double.parseDouble(log.get(2).substring(log.get(2).lastIndexOf(',') + 1));
    double before = Double.parseDouble(log.get(1).substring(log.get(1).lastIndexOf(',') + 1));
    assertThat(best).isLessThanOrEqualTo(before + 1e-6);
  }

  @Test
  void writtenPoliciesComeBack() throws IOException {
    Learner learner = Learner.fresh(Variant.RESIDUAL, new SplittableRandom(3));
    Path file = folder.resolve("policy.npz");
    PolicyFile.write(file, learner, 7);
    Learner back = PolicyFile.read(file);
    assertThat(back.variant()).isEqualTo(Variant.RESIDUAL);
    assertThat(back.actor().weights()).isDeepEqualTo(learner.actor().weights());
    assertThat(back.critics()[1].weights()).isDeepEqualTo(learner.critics()[1].weights());
  }

  @Test
  void policyOfAnotherShapeIsOneSentence() throws IOException {
    Path file = folder.resolve("policy.npz");
    PolicyFile.write(file, Learner.fresh(Variant.PAPER, new SplittableRandom(3)), 0);
    Map<String, NpyArray> arrays = new TreeMap<>(NpzFile.read(file));
    arrays.put("actor.0", new NpyArray(new int[] {2, 2}, new double[4]));
    NpzFile.write(file, arrays);
    assertThatThrownBy(() -> LearnedShares.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "actor.0 has the shape [2, 2], but this version's network needs [16, 32]");
    arrays.remove("actor.0");
    NpzFile.write(file, arrays);
    assertThatThrownBy(() -> LearnedShares.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is no policy file: it has no array 'actor.0'");
    Files.writeString(file, "nothing");
    assertThatThrownBy(() -> LearnedShares.read(file)).isInstanceOf(UserError.class);
  }

  private static Trainer.Settings settings(long updates) {
    return new Trainer.Settings(Variant.PAPER, 5, updates, 8, 4, 40, 1000);
  }

  private static SoftActorCritic sac(Variant variant) {
    return new SoftActorCritic(Learner.fresh(variant, new SplittableRandom(2)));
  }

  private static List<Transition> experience(Variant variant) {
    Learner learner = Learner.fresh(variant, new SplittableRandom(2));
    SplittableRandom random = new SplittableRandom(4);
    Explorer explorer = new Explorer(learner.actor(), random);
    Episode episode =
        variant == Variant.PAPER
            ? new SlotEpisode(learner, Scenario.paper(30, 6), random)
            : new LiveEpisode(learner, Curriculum.live(40, 4, 200, 20), 6);
    List<Transition> items = new ArrayList<>();
    while (items.size() < 24) {
      items.addAll(episode.step(explorer));
    }
    return items.subList(0, 24);
  }
}
