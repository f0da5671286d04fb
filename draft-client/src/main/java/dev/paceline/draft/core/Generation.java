package dev.paceline.draft.core;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.speculation.draft.DraftActions;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.speculation.draft.DraftRequest;
import dev.paceline.common.speculation.draft.DraftSession;
import dev.paceline.common.speculation.draft.OfflineDraft;
import dev.paceline.common.speculation.draft.OutputRun;
import dev.paceline.common.verification.DraftDistribution;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One running generation: drives the client's state machine with what the server, the drafter and
 * the clock say. All of it happens on one executor thread, so neither the machine nor the listener
 * sees two things at once.
 */
public final class Generation implements DraftActions {
  private final ScheduledExecutorService serial;
  private final LongSupplier clock;
  private final SpeculationTransport transport;
  private final @Nullable Drafter drafter;
  private final OpenFrame open;
  private final SamplingParams sampling;
  private final boolean goesOnOffline;
  private final TokenListener listener;
  private final DraftSession machine;
  private SpeculationTransport.@Nullable Stream stream;
  private @Nullable ScheduledFuture<?> timer;
  private @Nullable ScheduledFuture<?> connecting;
  private int attempt;

  /** Once every server was given up, if the text goes on then. */
  private @Nullable OfflineDraft offline;

  /**
   * @param drafter null in modes that do not draft
   * @param serial single-threaded
   * @param clock nanoseconds
   */
  Generation(
      OpenFrame open,
      DraftOptions options,
      SpeculationTransport transport,
      @Nullable Drafter drafter,
      TokenListener listener,
      ScheduledExecutorService serial,
      LongSupplier clock) {
    this.transport = transport;
    this.drafter = drafter;
    this.listener = listener;
    this.serial = serial;
    this.clock = clock;
    this.open = open;
    sampling = open.sampling();
    goesOnOffline = options.offline() && drafter != null;
    machine = new DraftSession(open, options, this);
  }

  void start() {
    serial.execute(() -> machine.start(clock.getAsLong()));
  }

  /** Ends the generation; the listener's {@code done} follows. From any thread. */
  public void cancel() {
    post(
        () -> {
          if (offline == null) {
            machine.cancel(clock.getAsLong());
          } else {
            offline.cancel();
          }
        });
  }

  /**
   * Moves the text to the server that is preferred now (see {@link ServerSet#prefer}): it goes on
   * there after its last token. From any thread.
   */
  public void migrate() {
    post(() -> machine.migrate(clock.getAsLong()));
  }

  /**
   * Shapes the uplink to another rate from now on. From any thread.
   *
   * @param bitsPerSecond of wire bytes; 0 for no limit
   */
  public void uplink(double bitsPerSecond) {
    post(() -> machine.uplink(bitsPerSecond, clock.getAsLong()));
  }

  /** Events that come after the client was closed go nowhere. */
  private void post(Runnable event) {
    try {
      serial.execute(event);
    } catch (RejectedExecutionException e) {
      if (!serial.isShutdown()) {
        throw e;
      }
    }
  }

  @Override
  public void connect(long delayNanos) {
    abandon();
    connecting = serial.schedule(this::connectNow, delayNanos, TimeUnit.NANOSECONDS);
  }

  /** A transport may be anyone's: one that throws against its contract has lost the connection. */
  private void connectNow() {
    try {
      stream = transport.connect(new Answers(attempt));
    } catch (RuntimeException e) {
      machine.connectionLost("the transport failed with " + e, clock.getAsLong());
      return;
    }
    machine.connectionReady(clock.getAsLong());
  }

  /** From here on nothing of the current stream is handed on. */
  private void abandon() {
    attempt++;
    if (connecting != null) {
      connecting.cancel(false);
      connecting = null;
    }
    if (stream != null) {
      stream.abandon();
      stream = null;
    }
  }

  @Override
  public void silent() {
    if (stream != null) {
      stream.doubt();
    }
  }

  @Override
  public int sendOpen(OpenFrame frame) {
    return stream == null ? 0 : stream.open(frame);
  }

  @Override
  public int sendDraft(DraftFrame frame) {
    return stream == null ? 0 : stream.draft(frame);
  }

  @Override
  public void sendCancel() {
    if (stream != null) {
      stream.cancel();
    }
  }

  @Override
  public void draftNext(DraftRequest request) {
    OfflineDraft asks = offline;
    Drafter.Answer answer =
        new Drafter.Answer() {
          @Override
          public void drafted(int id, float logProbability) {
            post(
                () -> {
                  if (asks == null) {
                    machine.drafted(request, id, logProbability, clock.getAsLong());
                  } else {
                    asks.drafted(request, id, clock.getAsLong());
                  }
                });
          }

          @Override
          public void drafted(int id, float logProbability, DraftDistribution origin) {
            post(() -> machine.drafted(request, id, logProbability, origin, clock.getAsLong()));
          }

          @Override
          public void failed(String sentence) {
            post(
                () -> {
                  if (asks == null) {
                    machine.drafterFailed(clock.getAsLong());
                  } else {
                    asks.failed(sentence);
                  }
                });
          }
        };
    if (drafter == null) {
      answer.failed("no draft model is loaded");
    } else {
      drafter.draft(request, sampling, answer);
    }
  }

  @Override
  public void emit(OutputRun run) {
    listener.tokens(run);
  }

  @Override
  public void wakeAt(long nanos) {
    if (timer != null) {
      timer.cancel(false);
    }
    long delay = Math.max(0, nanos - clock.getAsLong());
    timer = serial.schedule(() -> machine.tick(clock.getAsLong()), delay, TimeUnit.NANOSECONDS);
  }

  @Override
  public void done(DraftOutcome outcome) {
    abandon();
    if (timer != null) {
      timer.cancel(false);
    }
    if (goesOnOffline && offline == null && outcome.reason() == FinishReason.UNREACHABLE) {
      OfflineDraft alone =
          new OfflineDraft(open, machine.output(), machine.longest(), outcome, this);
      offline = alone;
      alone.start();
    } else {
      listener.done(outcome);
    }
  }

  /**
   * One stream's answers, put onto the executor; those of an abandoned stream are dropped there.
   */
  private final class Answers implements SpeculationTransport.Receiver {
    private final int of;

    Answers(int of) {
      this.of = of;
    }

    private void run(Runnable event) {
      post(
          () -> {
            if (of == attempt) {
              event.run();
            }
          });
    }

    @Override
    public void opened(OpenedFrame frame) {
      run(() -> machine.opened(frame, clock.getAsLong()));
    }

    @Override
    public void verdict(VerdictFrame frame) {
      run(() -> machine.verdict(frame, clock.getAsLong()));
    }

    @Override
    public void finished(FinishedFrame frame) {
      run(() -> machine.finished(frame, clock.getAsLong()));
    }

    @Override
    public void lost(String sentence) {
      run(() -> machine.connectionLost(sentence, clock.getAsLong()));
    }

    @Override
    public void refused(String sentence) {
      run(() -> machine.refused(sentence, clock.getAsLong()));
    }
  }
}
