package dev.paceline.common.speculation.draft;

import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.SpeculationStatistics;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.speculation.control.Pilot;
import dev.paceline.common.verification.DraftDistribution;
import dev.paceline.common.verification.VerificationMode;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one generation, over as many connections as it takes. Events are method
 * calls with the time; answers go to {@link DraftActions}. Not thread-safe: one serial executor
 * calls it.
 *
 * <p>Driving it: {@link #start}; the transport answers {@code connect} with {@link
 * #connectionReady} or {@link #connectionLost} and hands on the frames of the newest connection
 * only, in order; the drafter answers each {@code draftNext} with {@link #drafted}; a timer calls
 * {@link #tick}. Events after the end are ignored, so they may race with it.
 *
 * <p>Promises: {@code emit} states every output token once and in order, whatever the connections
 * do; drafts without a verdict, the one being made included, never exceed the window.
 */
public final class DraftSession {
  /** Smaller probabilities than e to this are not told apart: they must not become 0. */
  private static final float LEAST_LOG = -80;

  private final OpenFrame open;
  private final DraftOptions options;
  private final DraftActions actions;
  private final DraftChain chain;
  private final Backoff backoff;
  private final DraftWindow window;
  private final Pilot pilot;
  private final DraftStatistics statistics = new DraftStatistics();
  private final Contact contact;
  private final DraftSender sender;
  private DraftState state = DraftState.NEW;
  private long wakesAt = Contact.NEVER;

  /**
   * @param open the request; its resumed output counts as emitted already
   */
  public DraftSession(OpenFrame open, DraftOptions options, DraftActions actions) {
    this.open = open;
    pilot = options.newPilot(open.mode());
    this.options = options;
    this.actions = actions;
    chain = new DraftChain(open.prompt(), open.resume(), open.verification());
    contact = new Contact(options);
    backoff = new Backoff(options, open.sampling().seed() ^ open.sessionId().hashCode());
    window = new DraftWindow(open, options.window(), pilot);
    double rate = options.uplinkBitsPerSecond();
    sender = new DraftSender(open, rate, chain, window, pilot, contact, statistics, actions);
  }

  /** Begins: asks for a connection and drafts meanwhile. */
  public void start(long now) {
    if (state != DraftState.NEW) {
      return;
    }
    statistics.start(now);
    contact.fails(now);
    transition(DraftState.CONNECTING, "started");
    actions.connect(0);
    advance(now);
  }

  /** The connection asked for is there. */
  public void connectionReady(long now) {
    if (state != DraftState.CONNECTING) {
      return;
    }
    transition(DraftState.OPENING, "connected");
    chain.newStream();
    sender.newStream();
    contact.begins(now);
    wake(now);
    int[] output = chain.copy(open.prompt().length, chain.verified());
    sender.sendOpen(open.resumedWith(output), now);
    advance(now);
  }

  /** The connection broke or could not be made. */
  public void connectionLost(String cause, long now) {
    if (running()) {
      reconnect(cause, false, now);
    }
  }

  /** The server refuses the request for good. */
  public void refused(String sentence, long now) {
    if (running()) {
      finish(FinishReason.REFUSED, sentence, null);
    }
  }

  /** Leave this server for another one, at once. */
  public void migrate(long now) {
    if (online()) {
      transition(DraftState.CONNECTING, "migrates");
      actions.connect(0);
    }
  }

  /** The server has admitted the session. */
  public void opened(OpenedFrame frame, long now) {
    contact.active(now);
    if (state != DraftState.OPENING) {
      return;
    }
    transition(DraftState.DECODING, "opened");
    pilot.opened(now);
    if (statistics.reconnects() == 0) {
      contact.answered();
    }
    window.limit(frame.limits());
    chain.capSent(frame.limits().maxWindow());
    advance(now);
  }

  /** Output tokens. */
  public void verdict(VerdictFrame frame, long now) {
    if (!online()) {
      return;
    }
    contact.active(now);
    int first = chain.verified();
    if (frame.firstPosition() > first) {
      reconnect(
          "a verdict at " + frame.firstPosition() + " leaves a gap after " + first, true, now);
      return;
    }
    int fresh = chain.apply(frame, statistics);
    if (fresh > 0) {
      backoff.succeeded();
      contact.tokens(now);
      if (contact.silentAt() < wakesAt) {
        wake(now);
      }
      sender.answered();
      int overlap = first - frame.firstPosition();
      int accepted = Math.max(0, frame.accepted() - overlap);
      statistics.addVerdict(frame.drafted(), accepted);
      int unseen = frame.accepted() + frame.serverAccepted() - overlap - accepted;
      statistics.addServerDrafts(frame.serverDrafted(), Math.max(0, unseen));
      statistics.addOutput(fresh, now);
      pilot.verdict(frame, now);
      actions.emit(new OutputRun(first, chain.copy(first, first + fresh), accepted));
    }
    advance(now);
  }

  /** The server ended the generation. */
  public void finished(FinishedFrame frame, long now) {
    if (!online()) {
      return;
    }
    contact.active(now);
    int output = chain.verified() - open.prompt().length;
    if (frame.outputTokens() != output) {
      reconnect("the server put out " + frame.outputTokens() + " tokens, not " + output, true, now);
      return;
    }
    finish(frame.reason(), "the server ended the generation", frame.statistics());
  }

  /**
   * The drafter's answer to the outstanding request.
   *
   * @param logProbability of the token under the draft model, after temperature and filters
   */
  public void drafted(DraftRequest request, int id, float logProbability, long now) {
    if (open.verification() == VerificationMode.PAPER) {
      float q = (float) Math.exp(Math.min(0, Math.max(LEAST_LOG, logProbability)));
      drafted(request, id, logProbability, DraftDistribution.of(id, q), now);
    } else {
      drafted(request, id, logProbability, null, now);
    }
  }

  /**
   * The drafter's answer to the outstanding request.
   *
   * @param origin what the token was sampled from; needed in {@code RESIDUAL}, whose rule has
   *     nothing to go by otherwise: a drafter that does not say is one that cannot draft
   */
  public void drafted(
      DraftRequest request,
      int id,
      float logProbability,
      @Nullable DraftDistribution origin,
      long now) {
    if (!running()) {
      return;
    }
    if (origin == null && open.verification() != VerificationMode.COUPLED) {
      drafterFailed(now);
      return;
    }
    statistics.addDrafted(1);
    int depth = chain.inFlight();
    boolean draft = chain.answer(request, id, origin);
    pilot.drafted(request.position(), id, logProbability, depth, draft, now);
    advance(now);
  }

  /** The drafter cannot draft any more; the server goes on alone. */
  public void drafterFailed(long now) {
    chain.drafterReset();
    window(0, now);
  }

  /** A new window; smaller ones take effect as verdicts come. */
  public void window(int draftTokens, long now) {
    window.choose(draftTokens);
    if (running()) {
      advance(now);
    }
  }

  /** The user wants no more. */
  public void cancel(long now) {
    if (state == DraftState.DONE) {
      return;
    }
    if (online()) {
      actions.sendCancel();
    }
    finish(FinishReason.CANCELLED, "cancelled", null);
  }

  /** The time asked for by {@link DraftActions#wakeAt} has come; harmless at other times. */
  public void tick(long now) {
    if (state == DraftState.OPENING && now >= contact.givesUpAt()) {
      reconnect("no server has answered", false, now);
    }
    if (!online()) {
      return;
    }
    if (now >= contact.silentAt()) {
      actions.silent();
      reconnect(contact.silence(now), false, now);
      return;
    }
    if (sender.awaitsUplink()) {
      advance(now);
    }
    if (!sender.awaitsUplink()) {
      wake(now);
    }
  }

  /**
   * Shapes the uplink to another rate from now on.
   *
   * @param bitsPerSecond of wire bytes; 0 for no limit
   */
  public void uplink(double bitsPerSecond, long now) {
    sender.rate(bitsPerSecond, now);
    if (running()) {
      advance(now);
    }
  }

  /** The output so far, a copy. */
  public int[] output() {
    return chain.copy(open.prompt().length, chain.verified());
  }

  /** Tokens that the text may have, its prompt included, as far as a server has said. */
  public long longest() {
    return window.longest();
  }

  /** What was measured so far. */
  public DraftStatistics statistics() {
    return statistics;
  }

  /** The epoch of the current stream, for traces and tests. */
  public int epoch() {
    return chain.epoch();
  }

  /** Drafts without a verdict, the one being made included. */
  public int inFlight() {
    return chain.inFlight() + (chain.asking() ? 1 : 0);
  }

  private boolean online() {
    return state == DraftState.OPENING || state == DraftState.DECODING;
  }

  private boolean running() {
    return state != DraftState.NEW && state != DraftState.DONE;
  }

  private void advance(long now) {
    if (!open.mode().drafts()) {
      return;
    }
    boolean more = wantsMore(now);
    sender.send(state, more, now);
    if (sender.awaitsUplink()) {
      wake(now);
    }
    if (!chain.asking() && more && !sender.awaitsVerdict()) {
      DraftRequest request = chain.ask(window.wanted(chain) - chain.inFlight());
      pilot.asked(request.feed().length, now);
      actions.draftNext(request);
    }
  }

  private boolean wantsMore(long now) {
    return !sender.awaitsVerdict()
        && chain.inFlight() < window.wanted(chain)
        && pilot.draftOn(chain.verified(), chain.end(), now);
  }

  private void wake(long now) {
    long at = Math.min(contact.givesUpAt(), contact.silentAt());
    if (sender.awaitsUplink()) {
      at = Math.min(at, sender.readyAt(now));
    }
    wakesAt = at;
    if (at < Contact.NEVER) {
      actions.wakeAt(at);
    }
  }

  /**
   * @param wrong whether the server's own answers are at fault, which time does not mend
   */
  private void reconnect(String cause, boolean wrong, long now) {
    FinishReason reason = endReached();
    contact.fails(now);
    if (reason != null) {
      finish(reason, "the output is complete", null);
    } else if (now >= contact.givesUpAt()) {
      finish(FinishReason.UNREACHABLE, contact.outage() + ": " + cause, null);
    } else if (backoff.failed(wrong || options.giveUpNanos() == 0)) {
      finish(FinishReason.UNREACHABLE, "gave up: " + cause, null);
    } else {
      statistics.addReconnect();
      transition(DraftState.CONNECTING, cause);
      long rest = contact.givesUpAt() - now;
      actions.connect(Math.min(backoff.nextNanos(), rest));
    }
  }

  /** Whether the output is complete although the server's last frame is missing. */
  private @Nullable FinishReason endReached() {
    int output = chain.verified() - open.prompt().length;
    if (output > 0 && open.stopsAt(chain.get(chain.verified() - 1))) {
      return FinishReason.STOP;
    }
    return output >= open.maxTokens() ? FinishReason.LENGTH : null;
  }

  private void finish(
      FinishReason reason, String sentence, @Nullable SpeculationStatistics server) {
    transition(DraftState.DONE, sentence);
    actions.done(new DraftOutcome(reason, sentence, statistics, server));
  }

  /**
   * The only place where the state changes.
   *
   * <pre>
   * from        to          when
   * new         connecting  started
   * new         done        cancelled
   * connecting  opening     the connection is there; the request and waiting drafts are sent
   * connecting  connecting  the attempt failed; waits and tries again
   * opening     decoding    the server admitted the session
   * opening     connecting  lost, stalled or inconsistent; migrates
   * decoding    connecting  the same
   * opening     done        finished by the server (its answer may be lost behind a newer one)
   * decoding    done        finished by the server
   * any         done        cancelled; refused; given up; complete when the connection was lost
   * </pre>
   */
  private void transition(DraftState next, String reason) {
    DraftState from = state;
    state = next;
    actions.transition(from, next, reason);
  }
}
