package dev.paceline.target.engine;

import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.speculation.target.TargetActions;
import dev.paceline.common.speculation.target.TargetSession;
import dev.paceline.common.speculation.target.TargetState;
import dev.paceline.common.speculation.target.Work;
import dev.paceline.common.speculation.target.WorkKind;
import dev.paceline.common.verification.Distributed;
import dev.paceline.common.verification.Picked;
import dev.paceline.common.verification.TargetView;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.models.lm.Picks;
import dev.paceline.target.admin.SessionSnapshot;
import dev.paceline.target.logging.SessionLog;
import dev.paceline.target.metrics.ServerMetrics;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One session on the engine: its state machine, its cache slot and its place in the queue. Engine
 * thread only, but for the four methods that {@link VerificationEngine#open} hands out.
 */
public final class EngineSession implements TargetActions {
  private final VerificationEngine engine;
  private final SessionOutput output;
  private final String peer;
  private final AtomicInteger undelivered = new AtomicInteger();
  final OpenFrame open;
  final TargetSession machine;
  final SessionMeter meter;
  int slot = -1;
  int cached;
  boolean wantsStep;
  boolean yielded;
  int promptRows;
  WorkKind kind = WorkKind.PREFILL;
  boolean ended;
  long readySince;
  long wakeAt = Long.MAX_VALUE;
  @Nullable Work work;
  private String state = "queued";

  EngineSession(
      VerificationEngine engine,
      OpenFrame open,
      String peer,
      SessionLimits limits,
      String modelId,
      SessionOutput output,
      ServerMetrics metrics) {
    this.engine = engine;
    this.open = open;
    this.peer = peer;
    this.output = output;
    meter = new SessionMeter(metrics, engine.now());
    machine = new TargetSession(open, limits, modelId, this);
  }

  /** The decoding mode, for people; from any thread. */
  public String mode() {
    return label(open.mode());
  }

  /** The rule that judges the client's drafts; from any thread. */
  public VerificationMode verification() {
    return open.verification();
  }

  /** Whether a step has to give more of this session's rows than what they pick. */
  boolean judgesByDistribution() {
    return open.verification() != VerificationMode.COUPLED;
  }

  /** What a step said, as this session's rule takes it. */
  TargetView view(Picks picks) {
    return judgesByDistribution()
        ? new Distributed(open.verification(), open.sampling(), picks.logits())
        : new Picked(picks.tokens());
  }

  /** Whether the output stands still without further frames of the client; from any thread. */
  public boolean waitsForDrafts() {
    return open.mode().drafts() && !open.mode().selfAdvances();
  }

  /** A draft frame of the client; from any thread, in the order of the stream. */
  public void draft(DraftFrame frame) {
    int tokens = frame.ids().length;
    undelivered.addAndGet(tokens);
    engine.post(
        () -> {
          undelivered.addAndGet(-tokens);
          machine.draft(frame, engine.now());
        });
  }

  /** Draft tokens that the engine has not looked at yet; from any thread. */
  public int undelivered() {
    return undelivered.get();
  }

  /** The client wants no more; from any thread. */
  public void cancel() {
    engine.post(() -> machine.cancel(engine.now()));
  }

  /** The client's stream is gone; from any thread. */
  public void disconnected() {
    engine.post(() -> machine.disconnected(engine.now()));
  }

  @Override
  public void workReady(WorkKind newKind) {
    kind = newKind;
    if (!wantsStep) {
      wantsStep = true;
      readySince = engine.now();
      engine.enqueue(this);
    }
  }

  @Override
  public void workWithdrawn() {
    wantsStep = false;
    engine.dequeue(this);
  }

  @Override
  public void wakeAt(long nanos) {
    wakeAt = nanos;
    engine.sleep(this);
  }

  @Override
  public void sendOpened(OpenedFrame frame) {
    output.opened(frame);
  }

  @Override
  public void sendVerdict(VerdictFrame frame) {
    meter.verdict(frame, engine.now());
    output.verdict(frame);
  }

  @Override
  public void sendFinished(FinishedFrame frame) {
    meter.finished(label(frame.reason()), engine.now());
    output.finished(frame);
  }

  @Override
  public void release(int[] tokens, int computed) {
    ended = true;
    meter.finished("disconnected", engine.now());
    engine.release(this, tokens, computed);
    output.released();
  }

  @Override
  public void transition(TargetState from, TargetState to, String reason) {
    state = to.name();
  }

  /** Prompt and resumed output. */
  int[] knownTokens() {
    int[] prompt = open.prompt();
    int[] resume = open.resume();
    int[] tokens = Arrays.copyOf(prompt, prompt.length + resume.length);
    System.arraycopy(resume, 0, tokens, prompt.length, resume.length);
    return tokens;
  }

  /** How many tokens {@link #knownTokens} has. */
  int knownLength() {
    return open.prompt().length + open.resume().length;
  }

  /** Gives the session up without a result. */
  void fail(String sentence) {
    meter.finished("failed", engine.now());
    output.failed(sentence);
  }

  /** As {@link #fail}, when there is no engine left to give the slot back to. */
  void abandon(String sentence) {
    ended = true;
    fail(sentence);
    output.released();
  }

  /**
   * A view for operators.
   *
   * @param counter in the fair queue
   */
  SessionSnapshot snapshot(double weight, double counter, long now) {
    return new SessionSnapshot(
        SessionLog.printable(open.sessionId()),
        peer,
        label(open.mode()),
        state,
        slot,
        machine.epoch(),
        knownLength() + meter.output(),
        knownLength(),
        meter.output(),
        open.maxTokens(),
        machine.pendingDrafts(),
        meter.drafted(),
        meter.accepted(),
        meter.serverDrafted(),
        meter.serverAccepted(),
        weight,
        counter,
        (now - meter.openedAt()) / 1_000_000,
        "");
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return open.sessionId();
  }
}
