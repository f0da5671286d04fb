package dev.paceline.benchmarks.serve;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.draft.core.SpeculationTransport;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One generation of one client: opens, drafts after every verdict, checks what comes back. */
final class Generation implements SpeculationTransport.Receiver {
  private static final int[] NONE = {};

  /**
   * How it ended.
   *
   * @param failure why the server did not finish it; null if it did
   */
  record Outcome(int[] output, int mismatches, double tpotMs, @Nullable String failure) {}

  private final Corpus.Text text;
  private final @Nullable SyntheticDrafter drafter;
  private final boolean draftsAtOnce;
  private final Consumer<Arrival> arrivals;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final int[] output;
  private SpeculationTransport.@Nullable Stream stream;
  private int count;
  private int mismatches;
  private int cached;
  private long last;
  private long firstToken;
  private int firstCount;
  private boolean opened;

  /**
   * @param text an unrecorded one is not compared with and cannot be drafted from
   * @param drafter null for the target alone
   * @param draftsAtOnce whether to draft after every verdict; otherwise on {@link #draftOne} only
   */
  Generation(
      Corpus.Text text,
      int maxTokens,
      @Nullable SyntheticDrafter drafter,
      boolean draftsAtOnce,
      Consumer<Arrival> arrivals) {
    this.text = text;
    this.drafter = drafter;
    this.draftsAtOnce = draftsAtOnce;
    this.arrivals = arrivals;
    output = new int[maxTokens];
  }

  /** Sends the request; the answer is complete once the outcome is. */
  CompletableFuture<Outcome> start(SpeculationTransport transport, SamplingParams sampling) {
    DecodeMode mode = drafter == null ? DecodeMode.SERVER_ONLY : DecodeMode.STREAM;
    synchronized (this) {
      last = System.nanoTime();
      stream = transport.connect(this);
      stream.open(
          new OpenFrame(
              "",
              new byte[0],
              text.prompt(),
              NONE,
              sampling,
              output.length,
              NONE,
              mode,
              VerificationMode.COUPLED,
              "load"));
    }
    return outcome;
  }

  /** Gives it up. */
  synchronized void abandon() {
    if (stream != null && !outcome.isDone()) {
      stream.abandon();
    }
  }

  /** Sends one draft for the first unknown position, if it was not sent yet. */
  synchronized void draftOne() {
    if (opened && !outcome.isDone()) {
      send(1);
    }
  }

  @Override
  public synchronized void opened(OpenedFrame frame) {
    cached = frame.cachedPrefix();
    opened = true;
    if (drafter != null) {
      drafter.begin(frame.epoch(), output.length);
      draft();
    }
  }

  @Override
  public synchronized void verdict(VerdictFrame frame) {
    long now = System.nanoTime();
    int[] ids = frame.ids();
    int before = count;
    for (int i = 0; i < ids.length; i++) {
      int index = frame.firstPosition() + i - text.prompt().length;
      if (index != count || index >= output.length) {
        mismatches++;
        continue;
      }
      output[count++] = ids[i];
      if (text.recorded() && text.truth()[index] != ids[i]) {
        mismatches++;
      }
      if (drafter != null) {
        drafter.written(index, ids[i]);
      }
    }
    if (drafter != null) {
      drafter.verified(count, frame.epoch(), frame.advisedWindow());
      draft();
    }
    boolean first = before == 0;
    if (first) {
      firstToken = now;
      firstCount = count;
    }
    int prefill = first ? text.prompt().length - 1 - Math.min(cached, text.prompt().length - 1) : 0;
    arrivals.accept(
        new Arrival(
            now,
            now - last,
            first,
            count - before,
            frame.accepted(),
            frame.firstPosition() - 1 - prefill,
            prefill + 1 + frame.drafted(),
            1 + frame.drafted(),
            frame.stepNanos()));
    last = now;
  }

  private void draft() {
    if (draftsAtOnce) {
      send(0);
    }
  }

  private void send(int inFlight) {
    if (drafter == null || stream == null) {
      return;
    }
    int from = drafter.sent();
    int[] ids =
        inFlight == 0
            ? drafter.next(text.truth(), count)
            : drafter.next(text.truth(), count, inFlight);
    if (ids.length > 0) {
      stream.draft(new DraftFrame(drafter.epoch(), text.prompt().length + from, ids));
    }
  }

  @Override
  public void finished(FinishedFrame frame) {
    Outcome done;
    synchronized (this) {
      int later = count - firstCount;
      double tpot = later == 0 ? Double.NaN : (last - firstToken) * 1e-6 / later;
      boolean complete = count == output.length;
      done = new Outcome(Arrays.copyOf(output, count), mismatches + (complete ? 0 : 1), tpot, null);
    }
    // Outside the lock: what follows may start another generation.
    outcome.complete(done);
  }

  @Override
  public void lost(String sentence) {
    fail(sentence);
  }

  @Override
  public void refused(String sentence) {
    fail(sentence);
  }

  private void fail(String sentence) {
    Outcome failed;
    synchronized (this) {
      failed = new Outcome(Arrays.copyOf(output, count), mismatches, Double.NaN, sentence);
    }
    outcome.complete(failed);
  }
}
