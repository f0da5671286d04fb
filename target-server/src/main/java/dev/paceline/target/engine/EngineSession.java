package dev.paceline.target.engine;

import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.speculation.target.TargetActions;
import dev.paceline.common.speculation.target.TargetSession;
import dev.paceline.common.speculation.target.Work;
import dev.paceline.common.speculation.target.WorkKind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One session on the engine: its state machine, its cache slot and its place in the queue. Engine
 * thread only, but for the three methods that {@link VerificationEngine#open} hands out.
 */
public final class EngineSession implements TargetActions {
  private final VerificationEngine engine;
  private final SessionOutput output;
  final OpenFrame open;
  final TargetSession machine;
  int slot = -1;
  boolean wantsStep;
  boolean ended;
  long readySince;
  long wakeAt = Long.MAX_VALUE;
  @Nullable Work work;

  EngineSession(
      VerificationEngine engine,
      OpenFrame open,
      SessionLimits limits,
      String modelId,
      SessionOutput output) {
    this.engine = engine;
    this.open = open;
    this.output = output;
    machine = new TargetSession(open, limits, modelId, this);
  }

  /** A draft frame of the client; from any thread, in the order of the stream. */
  public void draft(DraftFrame frame) {
    engine.post(() -> machine.draft(frame, engine.now()));
  }

  /** The client wants no more; from any thread. */
  public void cancel() {
    engine.post(() -> machine.cancel(engine.now()));
  }

  /** The client's stream is gone; from any thread. */
  public void disconnected() {
    engine.post(() -> engine.disconnected(this));
  }

  @Override
  public void workReady(WorkKind kind) {
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
    output.verdict(frame);
  }

  @Override
  public void sendFinished(FinishedFrame frame) {
    output.finished(frame);
  }

  @Override
  public void release(int[] tokens, int computed) {
    ended = true;
    engine.release(this, tokens, computed);
  }

  /** Prompt and resumed output. */
  int[] knownTokens() {
    int[] prompt = open.prompt();
    int[] resume = open.resume();
    int[] tokens = Arrays.copyOf(prompt, prompt.length + resume.length);
    System.arraycopy(resume, 0, tokens, prompt.length, resume.length);
    return tokens;
  }

  /** Gives the session up without a result. */
  void fail(String sentence) {
    output.failed(sentence);
  }

  @Override
  public String toString() {
    return open.sessionId();
  }
}
