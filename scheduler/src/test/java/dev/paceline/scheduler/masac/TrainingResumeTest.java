package dev.paceline.scheduler.masac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A training run that stops and goes on is the run that never stopped, bit for bit. */
class TrainingResumeTest {
  private static final List<String> FILES =
      List.of("last.state", "last.npz", "best.npz", "log.csv");

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Variant.class)
  void stoppedRunEndsAsIfItHadNotStopped(Variant variant) throws IOException {
    Path whole = Files.createDirectory(folder.resolve("whole"));
    new Trainer(settings(variant, 14), whole).run(n -> {});
    Path broken = Files.createDirectory(folder.resolve("broken"));
    // Killed between checkpoints and in mid-episode, twice.
    for (long at : new long[] {6, 12}) {
      assertThatThrownBy(() -> new Trainer(settings(variant, 14), broken).run(n -> stop(n == at)))
          .isInstanceOf(Stopped.class);
    }
    new Trainer(settings(variant, 14), broken).run(n -> {});
    for (String file : FILES) {
      assertThat(broken.resolve(file)).as(file).hasSameBinaryContentAs(whole.resolve(file));
    }
  }

  /** What the claim needs: everything that carries over is in the file and comes back equal. */
  @Test
  void stateHoldsMomentsReplayAndGenerators() throws IOException {
    new Trainer(settings(Variant.RESIDUAL, 6), folder).run(n -> {});
    Path file = folder.resolve("last.state");
    TrainingState state = TrainingStateFile.read(file);
    assertThat(state.done()).isEqualTo(6);
    assertThat(state.optimizers()).extracting(Adam.State::step).containsExactly(6, 6, 6);
    assertThat(state.optimizers().get(0).moments()[0]).isNotEqualTo(new float[16 * 32]);
    assertThat(state.replay().items()).hasSizeGreaterThanOrEqualTo(40);
    assertThat(state.episode().slots()).isBetween(1, 5);
    assertThat(state.learner().targets()[0].weights()[0])
        .isNotEqualTo(state.learner().critics()[0].weights()[0]);
    Path copy = folder.resolve("copy.state");
    TrainingStateFile.write(copy, state);
    assertThat(copy).hasSameBinaryContentAs(file);
  }

  @Test
  void damagedOrForeignStatesAreOneSentence() throws IOException {
    new Trainer(settings(Variant.PAPER, 4), folder).run(n -> {});
    Trainer other = new Trainer(settings(Variant.RESIDUAL, 4), folder);
    assertThatThrownBy(() -> other.run(n -> {}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("does not go on with Settings[variant=RESIDUAL");
    Path file = folder.resolve("last.state");
    byte[] bytes = Files.readAllBytes(file);
    byte[] flipped = bytes.clone();
    flipped[bytes.length / 2] ^= 1;
    Files.write(file, flipped);
    assertThatThrownBy(() -> TrainingStateFile.read(file)).isInstanceOf(UserError.class);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 3));
    assertThatThrownBy(() -> TrainingStateFile.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it ends early");
    Files.writeString(file, "nothing of the kind");
    assertThatThrownBy(() -> TrainingStateFile.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it is no training state");
    Files.delete(file);
    assertThatThrownBy(() -> new Trainer(settings(Variant.PAPER, 4), folder).run(n -> {}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no last.state to go on from");
  }

  @Test
  void generatorGivesTheNumbersOfTheLibrarys() {
    SplittableRandom library = new SplittableRandom(7);
    SavableRandom ours = new SavableRandom(7);
    for (int k = 0; k < 200; k++) {
      assertThat(ours.nextLong()).isEqualTo(library.nextLong());
      assertThat(ours.nextInt()).isEqualTo(library.nextInt());
      assertThat(ours.nextInt(5, 13)).isEqualTo(library.nextInt(5, 13));
      assertThat(ours.nextDouble()).isEqualTo(library.nextDouble());
      assertThat(ours.nextGaussian()).isEqualTo(library.nextGaussian());
      assertThat(ours.nextBoolean()).isEqualTo(library.nextBoolean());
      library = library.split();
      ours = new SavableRandom(ours.split().state());
    }
  }

  private static Trainer.Settings settings(Variant variant, long updates) {
    return new Trainer.Settings(variant, 5, updates, 8, 6, 40, 5);
  }

  private static void stop(boolean now) {
    if (now) {
      throw new Stopped();
    }
  }

  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
