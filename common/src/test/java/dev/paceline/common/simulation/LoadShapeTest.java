package dev.paceline.common.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.draft.DraftOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadShapeTest {
  private static final int TOKENS = 300;

  @ParameterizedTest
  @CsvSource({
    // clients, step, row, draft, RTT, acceptance
    " 1, 10, 0.0, 1, 2, 0.8",
    " 8, 10, 0.0, 1, 2, 0.8",
    " 1, 10, 0.5, 1, 2, 0.8",
    " 2, 10, 0.5, 1, 2, 0.8",
    " 4, 10, 0.5, 1, 2, 0.8",
    " 8, 10, 0.5, 1, 2, 0.8",
    "16, 10, 0.5, 1, 2, 0.8",
    " 8, 10, 0.5, 0.1, 0.5, 0.8",
    "16, 10, 0.5, 0.1, 0.5, 0.8",
    "64, 10, 0.5, 0.1, 0.5, 0.8",
    "16, 10, 0.5, 5, 20, 0.8",
    "16, 10, 0.5, 100, 20, 0.8",
    "16, 1, 2, 1, 2, 0.8",
    " 8, 10, 0.5, 1, 2, 0",
    "16, 0.1, 2, 1, 2, 0.9",
  })
  void x(int clients, double step, double row, double draft, double rtt, double acceptance) {
    double alone = run(clients, step, row, draft, rtt, acceptance, DecodeMode.SERVER_ONLY);
    double stream = run(clients, step, row, draft, rtt, acceptance, DecodeMode.STREAM);
    System.out.printf(
        "%d %.1f %.1f %.1f %.1f %.1f: alone %.2f ms per token, stream %.2f ratio %.3f%n",
        clients, step, row, draft, rtt, acceptance, alone, stream, stream / alone);
  }

  /** Virtual milliseconds per token, all clients together. */
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
    long done = 0;
    for (SimulatedClient client : world.clients()) {
      done += client.doneAt() / clients;
    }
    return done / 1e6 / TOKENS / clients;
  }

  private static long nanos(double millis) {
    return (long) (millis * 1e6);
  }
}
