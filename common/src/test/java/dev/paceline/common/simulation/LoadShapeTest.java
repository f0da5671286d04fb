package dev.paceline.common.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.draft.DraftOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many sessions on one device in virtual time: what drafts do to the time per token of all sessions
 * together, against the same sessions without drafts. Clients draft up to eight tokens ahead.
 */
class LoadShapeTest {
  private static final int TOKENS = 300;

  /**
   * Rows that cost nothing: every session gains what one alone gains. Its accepted length at
   * acceptance 0.8 and eight drafts is 4.3.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 32})
  void freeRowsAreAllUsed(int clients) {
    assertThat(ratio(clients, 10, 0, 1, 2, 0.8)).isBetween(1 / 4.3, 0.47);
  }

  /** Rows with a price: drafts help less the more sessions there are, and never hurt. */
  @Test
  void draftsHelpLessTheBusierTheDeviceIs() {
    double before = 0.4;
    for (int clients : new int[] {1, 2, 4, 8, 16, 32, 64}) {
      double ratio = ratio(clients, 10, 0.5, 1, 2, 0.8);
      assertThat(ratio).as("%d clients", clients).isBetween(before, 1.01);
      before = ratio;
    }
    assertThat(ratio(4, 10, 0.5, 1, 2, 0.8)).isLessThan(0.65);
    assertThat(ratio(16, 10, 0.5, 1, 2, 0.8)).isLessThan(0.87);
  }

  @ParameterizedTest
  @CsvSource({
    // clients, step, row, draft, RTT in ms, acceptance
    "16, 0.1, 2, 1, 2, 0.9",
    "16, 1, 2, 1, 2, 0.8",
    "64, 10, 0.5, 0.1, 0.5, 0.8",
    "32, 2, 1, 1, 30, 0.5",
    " 8, 10, 0.5, 1, 2, 0",
    " 8, 10, 0.5, 20, 2, 0.1",
    "16, 10, 0.5, 100, 20, 0.8",
    " 4, 10, 0.5, 1, 200, 0.8",
    " 1, 10, 3, 0.5, 1, 0",
    " 1, 10, 10, 0.5, 1, 0.6",
  })
  void aLoadedServerIsNeverSlowerForDrafts(
      int clients, double step, double row, double draft, double rtt, double acceptance) {
    assertThat(ratio(clients, step, row, draft, rtt, acceptance)).isLessThan(1.03);
  }

  private static double ratio(
      int clients, double step, double row, double draft, double rtt, double acceptance) {
    double alone = run(clients, step, row, draft, rtt, acceptance, DecodeMode.SERVER_ONLY);
    double stream = run(clients, step, row, draft, rtt, acceptance, DecodeMode.STREAM);
    return stream / alone;
  }

  /** Virtual milliseconds per token, all clients together; the mean of when they are done. */
  private static double run(
      int clients,
      double step,
      double row,
      double draft,
      double rtt,
      double acceptance,
      DecodeMode mode) {
    SyntheticPair pair = new SyntheticPair(7, acceptance, 0);
    SessionLimits limits = new SessionLimits(TOKENS + 10, 64, TOKENS);
    World world = new World(1, pair, limits, Long.MAX_VALUE);
    world.server(new DeviceProfile(nanos(step), nanos(row), 256, clients));
    for (int c = 0; c < clients; c++) {
      world.client(
          mode,
          new DraftOptions(8, 1, 0, 0, 0),
          LinkProfile.ofRoundTrip(nanos(rtt)),
          nanos(draft),
          5,
          TOKENS,
          nanos(0.3 * c));
    }
    world.run();
    double done = 0;
    for (SimulatedClient client : world.clients()) {
      done += (double) client.doneAt() / clients;
    }
    return done / 1e6 / TOKENS / clients;
  }

  private static long nanos(double millis) {
    return (long) (millis * 1e6);
  }
}
