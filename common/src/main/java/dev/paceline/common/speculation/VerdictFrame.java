package dev.paceline.common.speculation;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Output tokens from {@code firstPosition} on. Immutable; the array is not copied and must not be
 * changed.
 */
public final class VerdictFrame {
  private final int epoch;
  private final int firstPosition;
  private final int accepted;
  private final int drafted;
  private final int[] ids;
  private final long stepNanos;
  private final long queueNanos;
  private final int windowAdvice;
  private final int serverDrafted;
  private final int serverAccepted;
  private final long ownDraftNanos;

  /**
   * @param epoch the epoch that drafts must carry from now on
   * @param firstPosition of the first id
   * @param accepted leading ids that confirmed drafts of this stream
   * @param drafted draft tokens of this stream that the step judged
   * @param ids output tokens, at least one
   * @param stepNanos duration of the step that made them
   * @param queueNanos what they waited for that step
   * @param windowAdvice as {@link #windowAdvice} returns it
   */
  public VerdictFrame(
      int epoch,
      int firstPosition,
      int accepted,
      int drafted,
      int[] ids,
      long stepNanos,
      long queueNanos,
      int windowAdvice) {
    this(
        epoch, firstPosition, accepted, drafted, ids, stepNanos, queueNanos, windowAdvice, 0, 0, 0);
  }

  private VerdictFrame(
      int epoch,
      int firstPosition,
      int accepted,
      int drafted,
      int[] ids,
      long stepNanos,
      long queueNanos,
      int windowAdvice,
      int serverDrafted,
      int serverAccepted,
      long ownDraftNanos) {
    this.ownDraftNanos = ownDraftNanos;
    this.epoch = epoch;
    this.firstPosition = firstPosition;
    this.accepted = accepted;
    this.drafted = drafted;
    this.ids = ids;
    this.stepNanos = stepNanos;
    this.queueNanos = queueNanos;
    this.windowAdvice = windowAdvice;
    this.serverDrafted = serverDrafted;
    this.serverAccepted = serverAccepted;
  }

  /**
   * The same verdict of a step that also judged drafts of the server's own.
   *
   * @param judged tokens that the server drafted and the step judged
   * @param confirmed ids behind the accepted ones that confirmed them
   */
  public VerdictFrame withServerDrafts(int judged, int confirmed) {
    return new VerdictFrame(
        epoch,
        firstPosition,
        accepted,
        drafted,
        ids,
        stepNanos,
        queueNanos,
        windowAdvice,
        judged,
        confirmed,
        ownDraftNanos);
  }

  /** The same with what {@link #ownDraftNanos} returns. */
  public VerdictFrame withOwnDraft(long nanos) {
    return new VerdictFrame(
        epoch,
        firstPosition,
        accepted,
        drafted,
        ids,
        stepNanos,
        queueNanos,
        windowAdvice,
        serverDrafted,
        serverAccepted,
        nanos);
  }

  public int epoch() {
    return epoch;
  }

  public int firstPosition() {
    return firstPosition;
  }

  public int accepted() {
    return accepted;
  }

  public int drafted() {
    return drafted;
  }

  public int[] ids() {
    return ids;
  }

  public long stepNanos() {
    return stepNanos;
  }

  public long queueNanos() {
    return queueNanos;
  }

  /** 0: the server gives no advice; otherwise one more than {@link #advisedWindow}. */
  public int windowAdvice() {
    return windowAdvice;
  }

  /**
   * How many drafts in flight are of use at present load, 0 for "draft nothing now"; empty if the
   * server gives no advice.
   */
  public OptionalInt advisedWindow() {
    return windowAdvice == 0 ? OptionalInt.empty() : OptionalInt.of(windowAdvice - 1);
  }

  /** Tokens that the server drafted itself and the step judged. */
  public int serverDrafted() {
    return serverDrafted;
  }

  /** Ids, behind the {@link #accepted} ones, that confirmed drafts of the server's own. */
  public int serverAccepted() {
    return serverAccepted;
  }

  /**
   * Nanoseconds that each token which the server drafts itself adds to a step, the row that judges
   * it included; 0: no news, or the server has no draft model.
   */
  public long ownDraftNanos() {
    return ownDraftNanos;
  }

  @Override
  public String toString() {
    return "verdict epoch "
        + epoch
        + " at "
        + firstPosition
        + " accepted "
        + accepted
        + " "
        + Arrays.toString(ids);
  }
}
