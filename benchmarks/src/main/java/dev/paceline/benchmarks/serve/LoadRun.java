package dev.paceline.benchmarks.serve;

import dev.paceline.common.UserError;
import dev.paceline.draft.rpc.GrpcTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * So many sessions at a time for a while, each with one generation after the other. The first
 * generation of each ends early at a random length: otherwise all would begin and end together, and
 * the server would see bursts of prompts that no real crowd of users makes.
 */
final class LoadRun {
  /**
   * What was seen between warm-up and end.
   *
   * @param tpotMs time per output token of each session, waits for first tokens left out
   * @param nanos that it lasted
   * @param generations that were complete, and compared from end to end, warm-up included
   */
  record Seen(
      List<Arrival> arrivals, List<Double> tpotMs, long nanos, int generations, int mismatches) {}

  private final LoadPlan plan;
  private final double seconds;
  private final Corpus corpus;
  private final int port;
  private final int vocabulary;
  private final List<Arrival> arrivals = new ArrayList<>();
  private final AtomicInteger generations = new AtomicInteger();
  private final AtomicInteger mismatches = new AtomicInteger();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
  private final Random phases;
  private volatile boolean stopping;

  /**
   * @param seconds measured, after 0.6 of it, a second at most, to warm up
   */
  LoadRun(LoadPlan plan, double seconds, Corpus corpus, int port, int vocabulary) {
    this.plan = plan;
    this.seconds = seconds;
    this.corpus = corpus;
    phases = new Random(plan.seed());
    this.port = port;
    this.vocabulary = vocabulary;
  }

  /**
   * Runs once.
   *
   * @throws UserError if the server ends a session without a result
   */
  Seen run(int sessions, boolean drafts) throws InterruptedException {
    List<Client> clients = new ArrayList<>();
    try {
      for (int i = 0; i < sessions; i++) {
        clients.add(new Client(i, drafts));
      }
      clients.forEach(Client::start);
      TimeUnit.NANOSECONDS.sleep((long) (Math.min(1, 0.6 * seconds) * 1e9));
      long from = System.nanoTime();
      TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
      long to = System.nanoTime();
      stopping = true;
      List<Double> tpotMs = new ArrayList<>();
      clients.forEach(client -> client.addTpot(from, to, tpotMs));
      return new Seen(between(from, to), tpotMs, to - from, generations.get(), mismatches.get());
    } finally {
      stopping = true;
      clients.forEach(Client::close);
      String sentence = failure.get();
      if (sentence != null) {
        throw new UserError("the server ended a session of the measurement: " + sentence);
      }
    }
  }

  private List<Arrival> between(long from, long to) {
    synchronized (arrivals) {
      return arrivals.stream().filter(a -> a.at() >= from && a.at() < to).toList();
    }
  }

  private void arrived(Arrival arrival) {
    synchronized (arrivals) {
      arrivals.add(arrival);
    }
  }

  /** A session: its own connection, as every phone has. */
  private final class Client {
    private final GrpcTransport transport = new GrpcTransport("127.0.0.1:" + port, vocabulary);
    private final @Nullable SyntheticDrafter drafter;
    private final List<Arrival> own = new ArrayList<>();
    private volatile @Nullable Generation current;
    private volatile @Nullable CompletableFuture<Void> ending;

    Client(int number, boolean drafts) {
      drafter =
          drafts
              ? new SyntheticDrafter(
                  plan.acceptance(),
                  plan.firstWindow(),
                  plan.window() == 0,
                  vocabulary,
                  plan.seed() + number)
              : null;
    }

    void start() {
      Corpus.Text text = corpus.get(next.getAndIncrement());
      if (current == null) {
        text = text.upTo(1 + phases.nextInt(plan.maxTokens()));
      }
      Generation generation =
          new Generation(text, text.truth().length, drafter, true, this::arrived);
      current = generation;
      ending =
          generation.start(transport, text.sampling(plan.temperature())).thenAccept(this::ended);
    }

    private void arrived(Arrival arrival) {
      synchronized (own) {
        own.add(arrival);
      }
      LoadRun.this.arrived(arrival);
    }

    void addTpot(long from, long to, List<Double> tpotMs) {
      long nanos = 0;
      int tokens = 0;
      synchronized (own) {
        for (Arrival arrival : own) {
          if (!arrival.first() && arrival.at() >= from && arrival.at() < to) {
            nanos += arrival.gapNanos();
            tokens += arrival.tokens();
          }
        }
      }
      if (tokens > 0) {
        tpotMs.add(nanos * 1e-6 / tokens);
      }
    }

    private void ended(Generation.Outcome outcome) {
      mismatches.addAndGet(outcome.mismatches());
      if (stopping) {
        return;
      }
      if (outcome.failure() != null) {
        failure.compareAndSet(null, outcome.failure());
        return;
      }
      generations.incrementAndGet();
      start();
    }

    void close() {
      Generation generation = current;
      if (generation != null) {
        generation.abandon();
      }
      transport.close();
      CompletableFuture<Void> last = ending;
      if (last != null && last.isCompletedExceptionally()) {
        failure.compareAndSet(null, "the next generation could not be started");
      }
    }
  }
}
