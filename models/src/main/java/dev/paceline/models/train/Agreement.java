package dev.paceline.models.train;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a draft agrees with its target on the same contexts; means over tokens.
 *
 * @param tokens predicted
 * @param targetLoss cross-entropy, nats per token
 * @param draftLoss cross-entropy, nats per token
 * @param greedy share of contexts in which both find the same token most likely
 * @param temperatures one entry per temperature, in the order asked for
 */
public record Agreement(
    long tokens,
    double targetLoss,
    double draftLoss,
    double greedy,
    List<AtTemperature> temperatures) {

  /**
   * Acceptance of a drafted token at one temperature.
   *
   * @param temperature 0 is greedy
   * @param optimum 1 − TV, the largest acceptance of any rule
   * @param coupled of the exponential race with shared randomness
   * @param bound mean of (1 − TV) / (1 + TV)
   */
  public record AtTemperature(double temperature, double optimum, double coupled, double bound) {}

  /**
   * @param sums what {@link MeasureProgram} returned, added up
   */
  static Agreement of(double[] sums, long tokens, double[] temperatures) {
    double greedy = sums[MeasureProgram.AGREEMENT] / tokens;
    List<AtTemperature> each = new ArrayList<>();
    int next = MeasureProgram.FIRST;
    for (double temperature : temperatures) {
      if (temperature == 0) {
        each.add(new AtTemperature(0, greedy, greedy, greedy));
      } else {
        each.add(
            new AtTemperature(
                temperature,
                sums[next + MeasureProgram.OVERLAP] / tokens,
                sums[next + MeasureProgram.COUPLED] / tokens,
                sums[next + MeasureProgram.BOUND] / tokens));
        next += MeasureProgram.EACH;
      }
    }
    return new Agreement(
        tokens,
        sums[MeasureProgram.TARGET_LOSS] / tokens,
        sums[MeasureProgram.DRAFT_LOSS] / tokens,
        greedy,
        List.copyOf(each));
  }

  /** Prints a line of losses and a table of acceptance. */
  public void print(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%d tokens, loss of the target %.4f, of the draft %.4f, greedy agreement %.4f%n",
        tokens,
        targetLoss,
        draftLoss,
        greedy);
    out.println("     T  optimum 1-TV  coupled  bound (1-TV)/(1+TV)");
    for (AtTemperature each : temperatures) {
      out.printf(
          Locale.ROOT,
          "%6.2f  %12.4f  %7.4f  %19.4f%n",
          each.temperature,
          each.optimum,
          each.coupled,
          each.bound);
    }
  }

  /** Mean acceptance of the coupled rule over the temperatures. */
  double expectedAcceptance() {
    return temperatures.stream().mapToDouble(AtTemperature::coupled).average().orElse(greedy);
  }
}
