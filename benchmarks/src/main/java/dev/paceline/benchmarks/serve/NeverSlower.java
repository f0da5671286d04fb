package dev.paceline.benchmarks.serve;

import dev.paceline.benchmarks.Samples;
import dev.paceline.common.UserError;
import dev.paceline.draft.rpc.GrpcTransport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether a bad drafter costs its user anything: the time per output token of one session with
 * drafts that are all wrong, and with a drafter at a tenth of the server's speed, against the
 * target alone. The three take turns, and medians are compared.
 */
final class NeverSlower {
  private static final int ROUNDS_AT_LEAST = 5;
  private static final int SLOWNESS = 10;

  /**
   * Medians of the time per output token.
   *
   * @param uselessRatio acceptance 0 over the target alone
   * @param slowRatio a tenth of the server's speed over the target alone
   */
  record Report(
      int rounds,
      double serverOnlyMs,
      double uselessMs,
      double slowMs,
      double uselessRatio,
      double slowRatio,
      int mismatches) {}

  private final LoadPlan plan;
  private final Corpus corpus;
  private final GrpcTransport transport;
  private final int vocabulary;
  private int mismatches;

  NeverSlower(LoadPlan plan, Corpus corpus, GrpcTransport transport, int vocabulary) {
    this.plan = plan;
    this.corpus = corpus;
    this.transport = transport;
    this.vocabulary = vocabulary;
  }

  /** Goes around for twice the seconds of the plan, and five times at least. */
  Report run() throws InterruptedException {
    Samples alone = new Samples();
    Samples useless = new Samples();
    Samples slow = new Samples();
    double pauseMs = SLOWNESS * one(0, null, 0);
    long end = System.nanoTime() + (long) (2 * plan.seconds() * 1e9);
    int round = 0;
    for (; round < ROUNDS_AT_LEAST || System.nanoTime() < end; round++) {
      alone.add(one(round, null, 0));
      useless.add(one(round, drafter(0, round), 0));
      slow.add(one(round, drafter(plan.acceptance(), round), pauseMs));
      pauseMs = SLOWNESS * alone.median();
    }
    return new Report(
        round,
        alone.median(),
        useless.median(),
        slow.median(),
        useless.median() / alone.median(),
        slow.median() / alone.median(),
        mismatches);
  }

  private SyntheticDrafter drafter(double acceptance, int round) {
    return new SyntheticDrafter(
        acceptance, plan.firstWindow(), plan.window() == 0, vocabulary, plan.seed() + round);
  }

  /**
   * One generation.
   *
   * @param pauseMs 0 to draft after every verdict, otherwise the time between two drafts
   * @return milliseconds per output token
   */
  private double one(int number, @Nullable SyntheticDrafter drafter, double pauseMs)
      throws InterruptedException {
    Corpus.Text text = corpus.get(number);
    Generation generation =
        new Generation(text, plan.maxTokens(), drafter, pauseMs == 0, arrival -> {});
    CompletableFuture<Generation.Outcome> outcome =
        generation.start(transport, text.sampling(plan.temperature()));
    Generation.Outcome done;
    while (true) {
      try {
        done =
            pauseMs == 0
                ? outcome.get()
                : outcome.get((long) (pauseMs * 1e6), TimeUnit.NANOSECONDS);
        break;
      } catch (TimeoutException e) {
        generation.draftOne();
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    if (done.failure() != null) {
      throw new UserError("the server ended a session of the measurement: " + done.failure());
    }
    mismatches += done.mismatches();
    return done.tpotMs();
  }
}
