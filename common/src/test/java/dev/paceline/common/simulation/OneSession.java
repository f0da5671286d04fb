package dev.paceline.common.simulation;

import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.control.ControlOptions;
import dev.paceline.common.speculation.draft.DraftOptions;

/**
 * One client alone with one server: time per output token in virtual time, the mean over several
 * texts. Each further row of a step costs a hundredth of the first.
 */
final class OneSession {
  private static final int TOKENS = 300;
  private static final int TEXTS = 6;
  private static final int MOST = 64;

  private final double rtt;
  private final double draft;
  private final double step;
  private final double acceptance;
  private final double spread;
  private double bytesPerSecond = 1e12;
  private double jitter;
  private double serverDraft;
  private double drafted;

  /**
   * @param rtt round trip, ms
   * @param draft time of a draft token, ms
   * @param step time of a step of one row, ms
   * @param spread of the chances that drafts are right, which the draft knows
   */
  OneSession(double rtt, double draft, double step, double acceptance, double spread) {
    this.rtt = rtt;
    this.draft = draft;
    this.step = step;
    this.acceptance = acceptance;
    this.spread = spread;
  }

  /** The same over a thin link. */
  OneSession withUplink(double rate) {
    bytesPerSecond = rate;
    return this;
  }

  /** The same over a link that delays each frame by up to so many milliseconds more. */
  OneSession withJitter(double millis) {
    jitter = millis;
    return this;
  }

  /** The same with a server that drafts a token in so many milliseconds. */
  OneSession withServerDraft(double millis) {
    serverDraft = millis;
    return this;
  }

  /** Drafts made per output token in the last measurement. */
  double draftsPerToken() {
    return drafted;
  }

  double automatic(ControlOptions control) {
    double sum = 0;
    drafted = 0;
    for (int text = 0; text < TEXTS; text++) {
      sum += run(DecodeMode.STREAM, options(MOST).withControl(control), text);
    }
    return sum / TEXTS;
  }

  double millisPerToken(DecodeMode mode, int window) {
    double sum = 0;
    drafted = 0;
    for (int text = 0; text < TEXTS; text++) {
      sum += run(mode, options(window), text);
    }
    return sum / TEXTS;
  }

  private static DraftOptions options(int window) {
    return new DraftOptions(window, 1, 0, 0, 0);
  }

  private double run(DecodeMode mode, DraftOptions options, int text) {
    SyntheticPair pair = new SyntheticPair(100 + text, acceptance, 0, spread);
    SessionLimits limits = new SessionLimits(TOKENS + 10, MOST, TOKENS);
    World world = new World(1, pair, limits, Long.MAX_VALUE);
    world.server(
        new DeviceProfile(nanos(0.99 * step), nanos(0.01 * step), 128, 1)
            .withDraft(nanos(serverDraft)));
    SimulatedClient client =
        world.client(
            mode,
            options,
            new LinkProfile(nanos(rtt / 2), nanos(jitter), bytesPerSecond, 0),
            nanos(draft),
            5,
            TOKENS,
            0);
    world.run();
    drafted += client.session().statistics().drafted() / (double) TOKENS / TEXTS;
    return client.session().statistics().tpotNanos() / 1e6;
  }

  private static long nanos(double millis) {
    return (long) (millis * 1e6);
  }
}
