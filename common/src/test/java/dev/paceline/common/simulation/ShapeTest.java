package dev.paceline.common.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.draft.DraftOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Time per output token in virtual time against the discrete-event study of the architecture
 * document (i.i.d. acceptance, best window of each mode), which was made by another program.
 */
class ShapeTest {
  private static final int TOKENS = 1200;
  private static final int[] WINDOWS = {1, 2, 4, 8, 16, 32};

  @ParameterizedTest
  @CsvSource({
    // draft, step, row, RTT in ms, acceptance, then the study: server-only, sync, stream
    "15,   8, 0.05,  20, 0.8,   8.1,  24.3,   8.1",
    "15,  40, 0.5,   20, 0.8,  40.5,  37.3,  26.3",
    "15,  40, 0.5,  100, 0.8,  40.8,  62.8,  33.3",
    " 8, 100, 1,     50, 0.8, 101,    55.1,  41.6",
    "12, 150, 4,     20, 0.9, 154,    51.1,  40.8",
    "12, 150, 4,    100, 0.6, 154,   140,   106"
  })
  void hasTheShapeOfTheStudy(
      double draft,
      double step,
      double row,
      double rtt,
      double acceptance,
      double serverOnlyStudy,
      double syncStudy,
      double streamStudy) {
    Setting setting = new Setting(draft, step, row, rtt, acceptance);
    double serverOnly = setting.millisPerToken(DecodeMode.SERVER_ONLY, 0);
    double sync = setting.best(DecodeMode.SYNC);
    double stream = setting.best(DecodeMode.STREAM);
    assertThat(serverOnly).isBetween(0.97 * serverOnlyStudy, 1.05 * serverOnlyStudy);
    assertThat(sync).isBetween(0.88 * syncStudy, 1.06 * syncStudy);
    assertThat(stream).isBetween(0.9 * streamStudy, 1.06 * streamStudy);
    assertThat(stream).isLessThan(1.02 * Math.min(serverOnly, sync));
  }

  /**
   * Useless, slow and absent drafters at every window: never more than 5 % behind the target alone.
   */
  @ParameterizedTest
  @CsvSource({
    " 15,  40, 0.5,  20, 0",
    "  4,  40, 0.5,  20, 0",
    " 15,  40, 0.5, 200, 0.3",
    " 15,   8, 0.05, 20, 0.1",
    "400,  40, 0.5,  20, 0.8",
    " 80,   8, 0.05,  5, 0.9",
    "  1,   8, 0.05,  5, 0"
  })
  void isNeverSlowerThanTheTargetAlone(
      double draft, double step, double row, double rtt, double acceptance) {
    Setting setting = new Setting(draft, step, row, rtt, acceptance);
    double serverOnly = setting.millisPerToken(DecodeMode.SERVER_ONLY, 0);
    for (int window : WINDOWS) {
      assertThat(setting.millisPerToken(DecodeMode.STREAM, window))
          .as("window %d", window)
          .isLessThan(1.05 * serverOnly);
    }
  }

  /**
   * PEARL against its closed form, i.i.d. acceptance α: a round yields 1/(1 − α) ÷ (1 + α/(1 −
   * α^γ)) tokens and lasts max(γ·t_d + RTT, t_v), because the verdict waits for the block, the next
   * block for the verdict, and the target's pass begins with the verdict before it.
   */
  @ParameterizedTest
  @CsvSource({
    "15,   8, 0.05,  20, 0.8",
    "15,  40, 0.5,   20, 0.8",
    "15,  40, 0.5,  100, 0.8",
    " 8, 100, 1,     50, 0.8",
    "12, 150, 4,     20, 0.9",
    "12, 150, 4,    100, 0.6"
  })
  void pearlHasItsClosedForm(double draft, double step, double row, double rtt, double acceptance) {
    Setting setting = new Setting(draft, step, row, rtt, acceptance);
    for (int gamma : new int[] {2, 4, 8, 16}) {
      double tokens = 1 / (1 - acceptance) / (1 + acceptance / (1 - Math.pow(acceptance, gamma)));
      double shortest = Math.max(gamma * draft + rtt, step) / tokens;
      double longest = Math.max((gamma + 0.5) * draft + rtt, step + gamma * row) / tokens;
      assertThat(setting.millisPerToken(DecodeMode.PEARL, gamma))
          .as("draft length %d", gamma)
          .isBetween(0.92 * shortest, 1.08 * longest);
    }
  }

  private static final class Setting {
    private final double draft;
    private final double step;
    private final double row;
    private final double rtt;
    private final double acceptance;

    Setting(double draft, double step, double row, double rtt, double acceptance) {
      this.draft = draft;
      this.step = step;
      this.row = row;
      this.rtt = rtt;
      this.acceptance = acceptance;
    }

    double best(DecodeMode mode) {
      double best = Double.MAX_VALUE;
      for (int window : WINDOWS) {
        best = Math.min(best, millisPerToken(mode, window));
      }
      return best;
    }

    double millisPerToken(DecodeMode mode, int window) {
      SyntheticPair pair = new SyntheticPair(7, acceptance, 0);
      SessionLimits limits = new SessionLimits(TOKENS + 10, 64, TOKENS);
      World world = new World(1, pair, limits, Long.MAX_VALUE);
      world.server(new DeviceProfile(nanos(step), nanos(row), 64, 1));
      SimulatedClient client =
          world.client(
              mode,
              new DraftOptions(window, 1, 0, 0, 0),
              LinkProfile.ofRoundTrip(nanos(rtt)),
              nanos(draft),
              5,
              TOKENS,
              0);
      world.run();
      return client.doneAt() / 1e6 / TOKENS;
    }

    private static long nanos(double millis) {
      return (long) (millis * 1e6);
    }
  }
}
