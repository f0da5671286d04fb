package dev.paceline.scheduler.masac;

import dev.paceline.common.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;

/**
 * Trains a policy: explores, updates, validates, keeps the best.
 *
 * <p>Writes into its folder, with every validation, {@code last.npz} and {@code best.npz}
 * (networks), {@code log.csv} and {@code last.state} ({@link TrainingState}). The same seed and
 * settings give the same run, and a run that goes on in the folder of one that stopped, wherever it
 * stopped, ends with the same files as one that never did.
 */
public final class Trainer {
  private static final int REPLAY = 100_000;
  private static final double PULL_START = 0.05;
  private static final double PULL_END = 0.0005;

  private final Settings settings;
  private final Path folder;

  /**
   * What to do.
   *
   * @param variant which policy
   * @param seed of everything random
   * @param updates gradient steps in all
   * @param batch transitions in a step
   * @param episodeSlots slots before a new system is drawn
   * @param warmUp transitions before the first step
   * @param validateEvery steps between validations
   */
  public record Settings(
      Variant variant,
      long seed,
      long updates,
      int batch,
      int episodeSlots,
      int warmUp,
      int validateEvery) {
    /** The same with another number of steps. */
    Settings withUpdates(long other) {
      return new Settings(variant, seed, other, batch, episodeSlots, warmUp, validateEvery);
    }

    /** What the shipped policies were trained with. */
    public static Settings of(Variant variant, long seed, long updates) {
      return new Settings(variant, seed, updates, 96, 60, 3000, 1000);
    }
  }

  /**
   * @param folder exists
   */
  public Trainer(Settings settings, Path folder) {
    this.settings = settings;
    this.folder = folder;
  }

  /**
   * Trains to the end.
   *
   * @param progress told the number of steps made
   * @return the best validation score, cost over the convex allocator's
   */
  public double run(LongConsumer progress) throws IOException {
    Path state = folder.resolve("last.state");
    if (!Files.exists(state) && Files.exists(folder.resolve("last.npz"))) {
      throw new UserError(
          folder
              + " holds a policy, last.npz, but no last.state to go on from; choose another"
              + " folder");
    }
    Validation validation = new Validation(settings.variant());
    TrainingState start = Files.exists(state) ? resumed(state) : fresh(validation);
    try (SoftActorCritic sac = new SoftActorCritic(start.learner())) {
      if (start.done() > 0) {
        sac.restore(start.optimizers());
      }
      return new Loop(sac, start, validation).run(progress);
    }
  }

  private TrainingState fresh(Validation validation) throws IOException {
    SavableRandom random = new SavableRandom(settings.seed());
    Learner learner = Learner.fresh(settings.variant(), random.split());
    PolicyFile.write(folder.resolve("best.npz"), learner, 0);
    Files.writeString(log(), "update,critic_loss,actor_loss,entropy,temperature,score,best\n");
    return new TrainingState(
        settings,
        0,
        validation.score(learner),
        random.state(),
        learner,
        List.of(),
        new RecordedEpisode.History(random.state(), 0, List.of()),
        new Replay.Contents(List.of(), 0));
  }

  private TrainingState resumed(Path file) throws IOException {
    TrainingState state = TrainingStateFile.read(file);
    if (!state.settings().withUpdates(settings.updates()).equals(settings)) {
      throw new UserError(
          "the run in "
              + folder
              + " is one of "
              + state.settings()
              + "; it does not go on with "
              + settings);
    }
    // What was written after the state is written again.
    List<String> lines = Files.readAllLines(log());
    List<String> kept = new ArrayList<>();
    for (String line : lines) {
      String update = line.split(",", 2)[0];
      if (!update.matches("\\d{1,18}") ? kept.isEmpty() : Long.parseLong(update) <= state.done()) {
        kept.add(line);
      }
    }
    Files.write(log(), kept);
    PolicyFile.write(folder.resolve("last.npz"), state.learner(), state.done());
    return state;
  }

  private Path log() {
    return folder.resolve("log.csv");
  }

  private Episode draw(Learner learner, SavableRandom random) {
    return settings.variant() == Variant.PAPER
        ? new SlotEpisode(learner, Curriculum.paperSlot(random), random.split())
        : new LiveEpisode(learner, Curriculum.live(random), random.nextLong());
  }

  /** The state of one run. */
  private final class Loop {
    private final SoftActorCritic sac;
    private final Learner first;
    private final SavableRandom random;
    private final Validation validation;
    private final Replay replay;
    private RecordedEpisode episode;
    private long done;
    private double best;

    Loop(SoftActorCritic sac, TrainingState start, Validation validation) {
      this.sac = sac;
      this.first = start.learner();
      this.random = new SavableRandom(start.random());
      this.validation = validation;
      this.replay = new Replay(REPLAY, start.replay());
      this.done = start.done();
      this.best = start.best();
      this.episode =
          done == 0
              ? new RecordedEpisode(random, r -> draw(first, r))
              : new RecordedEpisode(start.episode(), r -> draw(first, r));
    }

    double run(LongConsumer progress) {
      while (done < settings.updates()) {
        if (episode.slots() == settings.episodeSlots()) {
          episode = new RecordedEpisode(random, r -> draw(first, r));
        }
        for (Transition item : episode.step(new Explorer(sac.actor(), random))) {
          replay.add(item);
        }
        if (replay.size() >= settings.warmUp()) {
          update();
          progress.accept(done);
        }
      }
      return best;
    }

    private void update() {
      double fraction = Math.min(1, 2.0 * done / settings.updates());
      double pull = PULL_START * Math.pow(PULL_END / PULL_START, fraction);
      SoftActorCritic.Losses losses =
          sac.update(replay.sample(settings.batch(), random), (float) pull, random);
      done++;
      if (done % settings.validateEvery() == 0 || done == settings.updates()) {
        validate(losses);
      }
    }

    private void validate(SoftActorCritic.Losses losses) {
      Learner learner = sac.learner(settings.variant());
      double score = validation.score(learner);
      try {
        if (score < best) {
          best = score;
          PolicyFile.write(folder.resolve("best.npz"), learner, done);
        }
        Files.writeString(
            log(),
            String.format(
                Locale.ROOT,
                "%d,%.6f,%.6f,%.4f,%.6f,%.6f,%.6f%n",
                done,
                losses.critic(),
                losses.actor(),
                losses.entropy(),
                losses.temperature(),
                score,
                best),
            StandardOpenOption.APPEND);
        TrainingStateFile.write(
            folder.resolve("last.state"),
            new TrainingState(
                settings,
                done,
                best,
                random.state(),
                learner,
                sac.optimizers(),
                episode.history(),
                replay.contents()));
        PolicyFile.write(folder.resolve("last.npz"), learner, done);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
