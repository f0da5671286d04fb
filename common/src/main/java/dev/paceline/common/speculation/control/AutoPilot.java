package dev.paceline.common.speculation.control;

import dev.paceline.common.energy.PowerPolicy;
import dev.paceline.common.energy.PowerState;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.VerdictFrame;
import java.util.OptionalInt;

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
  private static final int ADVICE_SLACK = 2;
  private static final double FIRST_STOP = 0.1;
  private static final int[] WINDOWS = {0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};

  /** A window is left only for one that is better by this, or as good and at most half as large. */
  private static final double MARGIN = 0.01;

  private final ControlOptions options;
  private final AcceptanceModel acceptance = new AcceptanceModel();
  private final Meters meters = new Meters();
  private final DraftBook book = new DraftBook();
  private final UplinkPacer pacer = new UplinkPacer();
  private final PowerPolicy power = new PowerPolicy();
  private int window;
  private int most = Integer.MAX_VALUE;

  private double stopBelow = FIRST_STOP;

  public AutoPilot(ControlOptions options) {
    this.options = options;
    window = power.window(FIRST_WINDOW, options.power());
  }

  @Override
  public void opening(long now) {
    meters.opening(now);
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
  public void sent(DraftFrame frame, long now) {
    int count = frame.ids().length;
    pacer.sent(count, options.uplinkBytesPerSecond(), now);
    for (int i = 0; i < count; i++) {
      book.sent(frame.position() + i, now);
    }
  }

  @Override
  public void verdict(VerdictFrame frame, long now) {
    int last = frame.firstPosition() + frame.drafted() - 1;
    boolean judged = frame.drafted() > 0 && book.has(last);
    meters.verdict(frame, judged ? book.sentAt(last) : 0, now);
    learn(frame);
    most = advised(frame.advisedWindow());
    decide(frame.firstPosition() + frame.ids().length, now);
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
    Conditions conditions = meters.conditions(acceptance.mean(), price);
    stopBelow = StopRule.threshold(conditions);
    int best = chooseWindow(conditions);
    String reason = best == 0 ? "drafting does not pay" : "least expected time";
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
    if (best != window) {
      window = best;

      options
          .trace()
          .accept(
              new Decision(
                  now,
                  position,
                  best,
                  stopBelow,
                  options.uplinkBytesPerSecond(),
                  PaceModel.nanosPerToken(conditions, best),
                  conditions,
                  reason));
    }
  }

  /**
   * The largest window that the server's advice leaves. The server goes by the mean acceptance;
   * here is known how sure each draft is, so a chain of sure ones may be longer than is of use on
   * average. That nothing is of use now is taken as it is.
   */
  private static int advised(OptionalInt window) {
    return window.isPresent() ? ADVICE_SLACK * window.getAsInt() : Integer.MAX_VALUE;
  }

  /** The smallest window as good as the best, unless the present one is about as good. */
  private int chooseWindow(Conditions conditions) {
    double least = Double.POSITIVE_INFINITY;
    for (int candidate : WINDOWS) {
      least = Math.min(least, cost(conditions, candidate));
    }
    int smallest = 0;
    while (cost(conditions, WINDOWS[smallest]) > (1 + MARGIN / 2) * least) {
      smallest++;
    }
    int best = WINDOWS[smallest];
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
  public boolean draftOn(int verified, int end) {
    double right = 1;
    for (int position = verified; position < end; position++) {
      right *=
          book.has(position)
              ? acceptance.chance(book.logProbability(position), book.depth(position))
              : acceptance.mean();
    }
    return right >= stopBelow;
  }

  @Override
  public boolean sendNow(int drafts, long now) {
    return pacer.open(drafts, now);
  }
}
