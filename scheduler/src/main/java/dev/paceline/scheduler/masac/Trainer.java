package dev.paceline.scheduler.masac;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * Trains a policy: explores, updates, validates, keeps the best.
 *
 * <p>Writes into its folder {@code last.npz} and {@code best.npz} (networks) and {@code log.csv}.
 * Resuming takes the networks, the temperature and the best score up again; the replay and Adam's
 * moments are refilled. The same seed and settings give the same run.
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
    Path last = folder.resolve("last.npz");
    Path log = folder.resolve("log.csv");
    long done = 0;
    double best = Double.POSITIVE_INFINITY;
    SplittableRandom random = new SplittableRandom(settings.seed());
    Learner learner = Learner.fresh(settings.variant(), random.split());
    if (Files.exists(last)) {
      learner = PolicyFile.read(last);
      done = PolicyFile.updates(last);
      best = new Validation(settings.variant()).score(PolicyFile.read(folder.resolve("best.npz")));
      random = new SplittableRandom(settings.seed() + done);
    } else {
      best = new Validation(settings.variant()).score(learner);
      PolicyFile.write(folder.resolve("best.npz"), learner, 0);
      Files.writeString(log, "update,critic_loss,actor_loss,entropy,temperature,score,best\n");
    }
    try (SoftActorCritic sac = new SoftActorCritic(learner)) {
      return new Loop(sac, learner, random, done, best, log).run(progress);
    }
  }

  /** The state of one run. */
  private final class Loop {
    private final SoftActorCritic sac;
    private final Learner first;
    private final SplittableRandom random;
    private final Validation validation = new Validation(settings.variant());
    private final Replay replay = new Replay(REPLAY);
    private final Path log;
    private long done;
    private double best;

    Loop(
        SoftActorCritic sac,
        Learner first,
        SplittableRandom random,
        long done,
        double best,
        Path log) {
      this.sac = sac;
      this.first = first;
      this.random = random;
      this.done = done;
      this.best = best;
      this.log = log;
    }

    double run(LongConsumer progress) {
      SoftActorCritic.Losses losses = new SoftActorCritic.Losses(0, 0, 0, 0);
      while (done < settings.updates()) {
        Episode episode = episode();
        for (int t = 0; t < settings.episodeSlots() && done < settings.updates(); t++) {
          for (Transition item : episode.step(new Explorer(sac.actor(), random))) {
            replay.add(item);
          }
          if (replay.size() < settings.warmUp()) {
            continue;
          }
          double fraction = Math.min(1, 2.0 * done / settings.updates());
          double pull = PULL_START * Math.pow(PULL_END / PULL_START, fraction);
          losses = sac.update(replay.sample(settings.batch(), random), (float) pull, random);
          done++;
          progress.accept(done);
          if (done % settings.validateEvery() == 0 || done == settings.updates()) {
            validate(losses);
          }
        }
      }
      return best;
    }

    private Episode episode() {
      return settings.variant() == Variant.PAPER
          ? new SlotEpisode(first, Curriculum.paperSlot(random), random.split())
          : new LiveEpisode(first, Curriculum.live(random), random.nextLong());
    }

    private void validate(SoftActorCritic.Losses losses) {
      Learner learner = sac.learner(settings.variant());
      double score = validation.score(learner);
      try {
        if (score < best) {
          best = score;
          PolicyFile.write(folder.resolve("best.npz"), learner, done);
        }
        PolicyFile.write(folder.resolve("last.npz"), learner, done);
        Files.writeString(
            log,
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
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
