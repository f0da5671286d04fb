package dev.paceline.common.speculation.control;

import dev.paceline.common.energy.PowerPolicy;
import dev.paceline.common.energy.PowerState;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.VerdictFrame;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Chooses by what it measures: after every verdict the window whose expected time per output token,
 * energy's price included, is least; before every draft whether the chain is still worth it; and
 * whether drafts share a frame.
 *
 * <p>A weak battery or a hot device shortens the window that was chosen, down to nothing ({@link
 * PowerPolicy}).
 *
 * <p>Until device and server were seen once, the window is a small fixed one. A window of 0 leaves
 * the text to the server; estimates then age towards what was believed at first, so drafting is
 * tried again, and at once when the server becomes slow enough for it to pay.
 */
public final class AutoPilot implements Pilot {
  private static final int FIRST_WINDOW = 16;
  private static final int ADVICE_SLACK = 6;
  private static final double FIRST_STOP = 0.1;
  private static final int[] WINDOWS = {0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};

  /** A window is left only for one that is better by this, or as good and at most half as large. */
  private static final double MARGIN = 0.01;

  /**
   * By how much drafting must be faster on the other side to be left to it: at first, when little
   * is known of how often a draft is right, and in the end.
   */
  private static final double FIRST_CHANGE = 0.13;

  private static final double CHANGE = 0.03;
  private static final double UNSURE = 2;

  /** Judged drafts of the client that count as much as what the server's drafts show. */
  private static final double LIKE = 20;

  private static final int SETTLED = 3;

  /** Share of a draft's time above which its way into the link counts. */
  private static final double THIN = 0.1;

  private final ControlOptions options;
  private final AcceptanceModel acceptance = new AcceptanceModel();
  private final Meters meters = new Meters();
  private final DraftBook book = new DraftBook();
  private final UplinkPacer pacer = new UplinkPacer();
  private final PowerPolicy power = new PowerPolicy();

  /** The model knows nothing of chains that are stopped or go on because the draft is sure. */
  private final Calibration own = new Calibration(0.9);

  private final Calibration servers = new Calibration(1);
  private double expected;
  private long lastVerdict;
  private int sinceChange;
  private int window;
  private int most = Integer.MAX_VALUE;

  /** What the last choice was made from; null before the first. */
  private @Nullable Conditions latest;

  private double shapedBytesPerSecond;

  public AutoPilot(ControlOptions options) {
    this.options = options;
    window = power.window(FIRST_WINDOW, options.power());
  }

  @Override
  public void uplink(double bitsPerSecond) {
    shapedBytesPerSecond = bitsPerSecond / 8;
  }

  /** What a frame's bytes are known to have; the session's own limit holds whatever the link's. */
  private double uplinkBytesPerSecond() {
    double link = linkBytesPerSecond();
    return shapedBytesPerSecond > 0 && (link == 0 || shapedBytesPerSecond < link)
        ? shapedBytesPerSecond
        : link;
  }

  /** As it was told, or else as it was measured; 0 while nothing is known. */
  private double linkBytesPerSecond() {
    double told = options.uplinkBytesPerSecond();
    return told > 0 ? told : meters.uplinkBytesPerSecond();
  }

  @Override
  public void opening(int bytes, long now) {
    meters.opening(bytes, now);
  }

  @Override
  public void opened(long now) {
    meters.opened(now);
  }

  @Override
  public void asked(int feed, long now) {
    meters.asked(feed, now);
  }

  @Override
  public void drafted(
      int position, int id, float logProbability, int depth, boolean becameDraft, long now) {
    meters.drafted(now);
    if (becameDraft) {
      book.add(position, id, logProbability, depth);
    }
  }

  @Override
  public void sent(DraftFrame frame, int bytes, long now) {
    pacer.sent(bytes, linkBytesPerSecond(), now);
    long mark = meters.sent(bytes, now);
    for (int i = 0; i < frame.ids().length; i++) {
      book.sent(frame.position() + i, mark, now);
    }
  }

  @Override
  public void verdict(VerdictFrame frame, long now) {
    int last = frame.firstPosition() + frame.drafted() - 1;
    boolean judged = frame.drafted() > 0 && book.has(last);
    meters.verdict(frame, judged ? book.sentAt(last) : 0, book.mark(last), now);
    int first = frame.firstPosition();
    if (frame.drafted() == 0 && book.has(first) && book.sentAt(first) > 0) {
      meters.overtaken(frame, book.sentAt(first), book.mark(first), now);
    }
    learn(frame);
    calibrate(frame, now);
    most = advised(frame.advisedWindow());
    decide(frame.firstPosition() + frame.ids().length, now);
  }

  /** The first verdicts after a change are of what went before it. */
  private void calibrate(VerdictFrame frame, long now) {
    if (++sinceChange > SETTLED && expected > 0) {
      int tokens = frame.ids().length;
      (window == 0 ? servers : own).add(tokens, now - lastVerdict, expected);
    }
    lastVerdict = now;
  }

  private void learn(VerdictFrame frame) {
    int[] ids = frame.ids();
    int unjudged = 0;
    for (int i = 0; i < ids.length; i++) {
      int position = frame.firstPosition() + i;
      if (!book.has(position)) {
        unjudged++;
        continue;
      }
      boolean right = book.id(position) == ids[i];
      acceptance.judged(book.logProbability(position), book.depth(position), right);
      if (!right) {
        book.forgetFrom(position);
      }
    }
    if (unjudged == ids.length) {
      acceptance.unjudged(unjudged);
    }
  }

  private void decide(int position, long now) {
    if (!meters.draftKnown() || !meters.serverKnown()) {
      window = power.window(FIRST_WINDOW, options.power());
      return;
    }
    double price = options.draftPriceNanos() + UplinkPacer.bytes(1) * options.bytePriceNanos();
    Conditions conditions = meters.conditions(acceptance(), price);
    latest = conditions;
    int best = chooseWindow(conditions);
    String reason = best > 0 ? "least expected time" : "drafting does not pay";
    if (best == 0 && meters.serverOffers()) {
      reason = "the server drafts faster";
    }
    if (best > most) {
      best = most;
      reason = "the server's advice";
    }
    PowerState state = options.power();
    int allowed = power.window(best, state);
    if (allowed < best) {
      best = allowed;
      reason = state.toString();
    }
    expected = PaceModel.nanosPerToken(conditions, best);
    if (best != window) {
      sinceChange = best == 0 || window == 0 ? 0 : sinceChange;
      window = best;
      options
          .trace()
          .accept(
              new Decision(
                  now,
                  position,
                  best,
                  StopRule.threshold(conditions, StopRule.usualDelayNanos(conditions)),
                  uplinkBytesPerSecond(),
                  PaceModel.nanosPerToken(conditions, best),
                  conditions,
                  reason));
    }
  }

  /**
   * How often this client's drafts are right. While the server drafts, few or none show that; the
   * server's are then a sign of it too, or a client that was unlucky once would never try again.
   */
  private double acceptance() {
    double mine = acceptance.mean();
    if (window > 0 || !meters.serverOffers()) {
      return mine;
    }
    double judged = acceptance.judged();
    return (judged * mine + LIKE * meters.serverAcceptance(mine)) / (judged + LIKE);
  }

  /**
   * The largest window that the server's advice leaves. The server goes by the mean acceptance, by
   * which a long chain is hardly ever right; but a text has stretches in which nearly every draft
   * is right, and there a long chain pays, over a long link above all. Here is known how sure each
   * draft is, and drafts that are not judged cost the server nothing. (Twice the advice took up to
   * 1.23 times as long as a fixed window in {@code bench modes}; six times takes 1.02.) That
   * nothing is of use now is taken as it is.
   */
  private static int advised(OptionalInt window) {
    return window.isPresent() ? ADVICE_SLACK * window.getAsInt() : Integer.MAX_VALUE;
  }

  /**
   * Who drafts, where the server can too: whoever does now, unless the other is clearly faster,
   * since each change costs a round trip or more.
   */
  private int chooseWindow(Conditions conditions) {
    if (!meters.serverOffers() || conditions.draftNanos() >= conditions.turnNanos()) {
      return bestWindow(conditions, 0);
    }
    int mine = bestWindow(conditions, 1);
    double ratio = servers.factor() * cost(conditions, 0) / (own.factor() * cost(conditions, mine));
    double margin = CHANGE + UNSURE / (UNSURE / (FIRST_CHANGE - CHANGE) + acceptance.judged());
    return ratio < (window == 0 ? 1 + margin : 1 - margin) ? 0 : mine;
  }

  /**
   * The smallest window as good as the best, unless the present one is about as good.
   *
   * @param first index of the first candidate
   */
  private int bestWindow(Conditions conditions, int first) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = first; i < WINDOWS.length; i++) {
      least = Math.min(least, cost(conditions, WINDOWS[i]));
    }
    int smallest = first;
    while (cost(conditions, WINDOWS[smallest]) > (1 + MARGIN / 2) * least) {
      smallest++;
    }
    int best = WINDOWS[smallest];
    if (window < WINDOWS[first]) {
      return best;
    }
    boolean better = cost(conditions, best) < (1 - MARGIN) * cost(conditions, window);
    return better || best <= window / 2 ? best : window;
  }

  private static double cost(Conditions conditions, int window) {
    return PaceModel.nanosPerToken(conditions, window)
        + conditions.draftPriceNanos() * PaceModel.draftsPerToken(conditions, window);
  }

  @Override
  public int window() {
    return window;
  }

  @Override
  public boolean handsOver() {
    return window == 0 && meters.serverOffers();
  }

  @Override
  public boolean draftOn(int verified, int end, long now) {
    double right = 1;
    for (int position = verified; position < end; position++) {
      right *=
          book.has(position)
              ? acceptance.chance(book.logProbability(position), book.depth(position))
              : acceptance.mean();
    }
    return right >= stopBelow(verified, now);
  }

  /** Whether drafts queue in the link, so that none is without delay for those behind it. */
  private boolean linkIsThin(Conditions conditions) {
    double rate = linkBytesPerSecond();
    return rate > 0 && UplinkPacer.bytes(1) * 1e9 / rate > THIN * conditions.draftNanos();
  }

  /** The chance below which a chain is not continued by a draft that begins now. */
  private double stopBelow(int verified, long now) {
    if (latest == null) {
      return FIRST_STOP;
    }
    long sent = book.has(verified) ? book.sentAt(verified) : 0;
    if (sent == 0 || linkIsThin(latest)) {
      return StopRule.threshold(latest, StopRule.usualDelayNanos(latest));
    }
    // The step that judges it begins when the one before is over and the draft is there.
    double due = Math.max(lastVerdict, sent + latest.rttNanos()) + latest.turnNanos();
    return StopRule.threshold(latest, StopRule.delayNanos(latest, due - now));
  }

  @Override
  public boolean sendNow(int drafts, long now) {
    return pacer.open(drafts, now);
  }
}
