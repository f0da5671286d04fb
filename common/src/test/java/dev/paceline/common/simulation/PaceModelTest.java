package dev.paceline.common.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.control.Conditions;
import dev.paceline.common.speculation.control.PaceModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The model's formula beside the simulation of the real state machines. */
class PaceModelTest {
  private static final int[] WINDOWS = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32};

  static Stream<Arguments> settings() {
    List<Arguments> settings = new ArrayList<>();
    for (double[] pair : new double[][] {{15, 8}, {30, 40}, {15, 40}, {8, 100}, {12, 150}}) {
      for (double rtt : new double[] {5, 50, 200}) {
        for (double acceptance : new double[] {0.5, 0.8, 0.95}) {
          settings.add(Arguments.of(rtt, pair[0], pair[1], acceptance));
        }
      }
    }
    return settings.stream();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void findsAWindowAsGoodAsTheBest(double rtt, double draft, double step, double acceptance) {
    OneSession session = new OneSession(rtt, draft, step, acceptance, 0);
    Conditions conditions = new Conditions(draft * 1e6, rtt * 1e6, step * 1e6, 0, 1, acceptance, 0);
    double simulatedBest = session.millisPerToken(DecodeMode.STREAM, 0);
    int chosen = 0;
    double chosenSimulated = simulatedBest;
    double predicted = PaceModel.nanosPerToken(conditions, 0) * 1e-6;
    for (int window : WINDOWS) {
      double simulated = session.millisPerToken(DecodeMode.STREAM, window);
      double model = PaceModel.nanosPerToken(conditions, window) * 1e-6;
      if (model < predicted * 0.99) {
        predicted = model;
        chosen = window;
        chosenSimulated = simulated;
      }
      simulatedBest = Math.min(simulatedBest, simulated);
    }
    // Rows of hopeless drafts, which the model leaves out, cost up to 7 % here.
    assertThat(chosenSimulated).as("window %d", chosen).isLessThan(1.08 * simulatedBest);
    assertThat(predicted).isBetween(0.8 * chosenSimulated, 1.2 * chosenSimulated);
  }
}
