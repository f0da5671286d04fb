package dev.paceline.common.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.draft.DraftOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What drafts of the server's own do for one session, in virtual time. */
class ColocatedTest {
  private static final int TOKENS = 1200;
  private static final long MS = 1_000_000;

  private long serverDraft;
  private long drafted;

  /**
   * @param clientDraft time of one of the client's drafts, ms
   */
  private double millisPerToken(
      DecodeMode mode, double step, double row, double acceptance, long clientDraft) {
    SyntheticPair pair = new SyntheticPair(7, acceptance, 0);
    World world = new World(1, pair, new SessionLimits(TOKENS + 10, 64, TOKENS), Long.MAX_VALUE);
    world.server(
        new DeviceProfile((long) (step * MS), (long) (row * MS), 64, 1).withDraft(serverDraft));
    SimulatedClient client =
        world.client(
            mode,
            new DraftOptions(8, 1, 0, 0, 0),
            new LinkProfile(10 * MS, 0, 1e12, 0),
            clientDraft * MS,
            5,
            TOKENS,
            0);
    world.run();
    drafted = client.session().statistics().drafted();
    return client.session().statistics().tpotNanos() / 1e6;
  }

  @ParameterizedTest
  @CsvSource({
    // step, row, draft in ms, acceptance α, and the least of
    // (step + (γ + 1)·row + γ·draft) / (1 + α + … + α^γ) over γ
    " 40, 0.5,  4, 0.8, 17.08",
    "100, 1,    8, 0.9, 27.83",
    "100, 1,    8, 0.5, 68.0"
  })
  void reachesWhatTheBestFixedDraftLengthWould(
      double step, double row, long draft, double acceptance, double best) {
    serverDraft = draft * MS;
    double colocated = millisPerToken(DecodeMode.COLOCATED, step, row, acceptance, 1);
    assertThat(colocated).isLessThan(1.06 * best);
    assertThat(drafted).as("drafts of the client").isZero();
  }

  /** A draft model that is useless, as slow as the target, or not there. */
  @ParameterizedTest
  @CsvSource({" 40, 0.5,  4, 0", " 40, 0.5, 60, 0.9", "8, 8, 1, 0.7", " 40, 0.5, 0, 0.9"})
  void isNeverSlowerThanTheTargetAlone(double step, double row, long draft, double acceptance) {
    double alone = millisPerToken(DecodeMode.SERVER_ONLY, step, row, acceptance, 1);
    serverDraft = draft * MS;
    assertThat(millisPerToken(DecodeMode.COLOCATED, step, row, acceptance, 1))
        .isLessThan(1.02 * alone);
  }

  @Test
  void helpsAClientThatIsTooSlow() {
    double alone = millisPerToken(DecodeMode.STREAM, 40, 0.5, 0.8, 500);
    serverDraft = 4 * MS;
    double helped = millisPerToken(DecodeMode.STREAM, 40, 0.5, 0.8, 500);
    double colocated = millisPerToken(DecodeMode.COLOCATED, 40, 0.5, 0.8, 500);
    assertThat(helped).isLessThan(0.6 * alone).isLessThan(1.1 * colocated);
  }

  @Test
  void leavesAUsefulClientAlone() {
    double without = millisPerToken(DecodeMode.STREAM, 40, 0.5, 0.8, 5);
    serverDraft = 4 * MS;
    assertThat(millisPerToken(DecodeMode.STREAM, 40, 0.5, 0.8, 5)).isLessThan(1.02 * without);
  }
}
