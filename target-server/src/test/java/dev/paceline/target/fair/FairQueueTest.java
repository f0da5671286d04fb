package dev.paceline.target.fair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FairQueueTest {
  private final FairQueue<String> queue = new FairQueue<>();
  private final Map<String, Double> service = new HashMap<>();

  /** One step whose cost is a fixed part and a part per row, as on a device. */
  private StepPlan<String> step(int budget, Demand<String> demand) {
    StepPlan<String> plan = queue.pick(budget, Integer.MAX_VALUE, demand);
    double cost = 0.005 + 0.0001 * plan.rows();
    queue.charge(plan, cost);
    for (StepShare<String> share : plan.shares()) {
      service.merge(share.session(), cost * share.rows() / plan.rows(), Double::sum);
    }
    return plan;
  }

  private void addActive(String session, double weight) {
    queue.add(session, weight);
    queue.activate(session);
  }

  private double served(String session) {
    return service.getOrDefault(session, 0.0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void eightBackloggedSessionsAreServedByTheirWeights(long seed) {
    Random random = new Random(seed);
    double[] weights = {1, 1, 2, 4, 8, 16, 32, 64};
    for (int i = 0; i < weights.length; i++) {
      addActive("s" + i, weights[i]);
    }
    for (int i = 0; i < 3000; i++) {
      // Demand of up to the whole budget: weight 64 of 128 needs half of it.
      step(8, (s, remaining) -> Math.min(remaining, 1 + random.nextInt(16)));
    }
    double total = service.values().stream().mapToDouble(d -> d).sum();
    for (int i = 0; i < weights.length; i++) {
      double fair = weights[i] / 128 * total;
      assertThat(served("s" + i)).as("s%d, seed %d", i, seed).isCloseTo(fair, within(0.05 * fair));
    }
  }

  @Test
  void thoseThatYieldComeLastAndLoseNoShare() {
    for (String s : List.of("a", "b", "c", "d")) {
      addActive(s, 1);
    }
    // c and d yield, but not after a step that left them out.
    Set<String> leftOut = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      Predicate<String> urgent = s -> s.compareTo("c") < 0 || leftOut.contains(s);
      StepPlan<String> plan = queue.pick(2, 8, urgent, (s, remaining) -> 1);
      if (i == 0) {
        assertThat(plan.shares()).extracting(StepShare::session).containsExactly("a", "b");
      }
      queue.charge(plan, 1);
      leftOut.clear();
      leftOut.addAll(List.of("a", "b", "c", "d"));
      for (StepShare<String> share : plan.shares()) {
        leftOut.remove(share.session());
        service.merge(share.session(), 0.5, Double::sum);
      }
    }
    for (String s : List.of("a", "b", "c", "d")) {
      assertThat(served(s)).as(s).isCloseTo(250, within(5.0));
    }
  }

  @Test
  void equalSessionsTakeTurnsInAFixedOrder() {
    for (String s : List.of("a", "b", "c")) {
      addActive(s, 1);
    }
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      order.add(step(1, (s, remaining) -> 1).shares().get(0).session());
    }
    assertThat(order).containsExactly("a", "b", "c", "a", "b", "c");
  }

  @Test
  void roomIsLeftOnlyWhenNobodyWantsIt() {
    addActive("a", 1);
    addActive("b", 1000);
    StepPlan<String> plan = step(8, (s, remaining) -> Math.min(remaining, s.equals("a") ? 6 : 1));
    assertThat(plan.rows()).isEqualTo(7);
    plan = step(8, (s, remaining) -> Math.min(remaining, s.equals("a") ? 8 : 1));
    assertThat(plan.rows()).isEqualTo(8);
  }

  @Test
  void aLoneSessionGetsEverything() {
    for (int i = 0; i < 8; i++) {
      queue.add("s" + i, 1 + i);
    }
    queue.activate("s3");
    for (int i = 0; i < 100; i++) {
      assertThat(step(4, (s, remaining) -> remaining).shares())
          .containsExactly(new StepShare<>("s3", 4));
    }
  }

  @Test
  void idlingEarnsNoCredit() {
    addActive("busy", 1);
    addActive("idler", 1);
    queue.deactivate("idler");
    for (int i = 0; i < 1000; i++) {
      step(1, (s, remaining) -> 1);
    }
    queue.activate("idler");
    service.clear();
    for (int i = 0; i < 100; i++) {
      step(1, (s, remaining) -> 1);
    }
    assertThat(served("idler")).isCloseTo(served("busy"), within(0.011));
  }

  @Test
  void flappingDoesNotShedDebt() {
    addActive("honest", 1);
    addActive("flapper", 1);
    for (int i = 0; i < 1000; i++) {
      step(1, (s, remaining) -> 1);
      queue.deactivate("flapper");
      queue.activate("flapper");
    }
    assertThat(served("flapper")).isCloseTo(served("honest"), within(0.011));
  }

  @Test
  void aNewcomerNeitherStarvesNorIsStarved() {
    // "heavy" never wants more than a row, so its counter alone would stay far behind.
    addActive("heavy", 1000);
    addActive("old", 1);
    Demand<String> demand = (s, remaining) -> s.equals("heavy") ? 1 : remaining;
    for (int i = 0; i < 5000; i++) {
      step(8, demand);
    }
    addActive("new", 1);
    service.clear();
    for (int i = 0; i < 20; i++) {
      step(8, demand);
    }
    double twoSteps = 2 * (0.005 + 0.0001 * 8);
    assertThat(served("new")).isCloseTo(served("old"), within(twoSteps));
    assertThat(served("heavy")).isGreaterThan(0);
  }

  @Test
  void aSessionWithAFullDemandKeepsItsClaimBetweenItsTurns() {
    // Twenty of weight 1 in phase with one of weight 10: the latter's turns come in bursts.
    addActive("ten", 10);
    for (int i = 0; i < 20; i++) {
      addActive("one" + i, 1);
    }
    for (int i = 0; i < 5000; i++) {
      step(16, (s, remaining) -> Math.min(remaining, 8));
    }
    double total = service.values().stream().mapToDouble(d -> d).sum();
    assertThat(served("ten")).isCloseTo(total / 3, within(0.05 * total / 3));
  }

  @Test
  void aServiceNobodyCompetedForIsNotHeldAgainstASession() {
    addActive("big", 1);
    addActive("small", 1);
    for (int i = 0; i < 1000; i++) {
      step(8, (s, remaining) -> s.equals("big") ? Math.min(remaining, 6) : 1);
    }
    service.clear();
    for (int i = 0; i < 50; i++) {
      step(8, (s, remaining) -> remaining);
    }
    assertThat(served("big")).isCloseTo(served("small"), within(0.15 * served("small")));
  }

  @Test
  void everyChangeOfWeightTakesEffect() {
    addActive("a", 1);
    addActive("b", 1);
    for (double weight : new double[] {1, 3, 0.001, 7, 0.25}) {
      queue.setWeight("b", weight);
      // The grain of a tiny weight is worked off before the measurement.
      for (int i = 0; i < 2000; i++) {
        step(4, (s, remaining) -> remaining);
      }
      service.clear();
      for (int i = 0; i < 20_000; i++) {
        step(4, (s, remaining) -> remaining);
      }
      assertThat(served("b")).isCloseTo(weight * served("a"), within(0.05 * weight * served("a")));
    }
  }

  @Test
  void aRaisedWeightTakesEffectAtOnce() {
    addActive("a", 1);
    addActive("b", 0.001);
    for (int i = 0; i < 100; i++) {
      step(4, (s, remaining) -> remaining);
    }
    queue.setWeight("b", 1);
    service.clear();
    for (int i = 0; i < 100; i++) {
      step(4, (s, remaining) -> remaining);
    }
    assertThat(served("b")).isCloseTo(served("a"), within(0.05 * served("a")));
  }

  @Test
  void aLoweredWeightBringsNoHoardOfCredit() {
    addActive("heavy", 1000);
    addActive("a", 1);
    for (int i = 0; i < 1000; i++) {
      step(8, (s, remaining) -> s.equals("heavy") ? 1 : remaining);
    }
    queue.setWeight("heavy", 1);
    service.clear();
    for (int i = 0; i < 20; i++) {
      step(8, (s, remaining) -> remaining);
    }
    assertThat(served("heavy")).isCloseTo(served("a"), within(2 * (0.005 + 0.0001 * 8)));
  }

  @Test
  void sessionsMayLeaveBetweenPickAndCharge() {
    addActive("a", 1);
    addActive("b", 1);
    StepPlan<String> plan = queue.pick(4, 4, (s, remaining) -> 2);
    queue.remove("a");
    queue.deactivate("b");
    queue.charge(plan, 1.0);
    assertThat(queue.size()).isEqualTo(1);
    assertThat(queue.activeCount()).isZero();
    assertThat(queue.counter("b")).isEqualTo(0.5);
    queue.activate("b");
    assertThat(queue.isActive("b")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
  void underRandomLoadNobodyStarvesAndNothingIsWasted(long seed) {
    Random random = new Random(seed);
    Map<String, Integer> waited = new HashMap<>();
    Map<String, Boolean> present = new HashMap<>();
    int born = 0;
    for (int i = 0; i < 20_000; i++) {
      if (present.size() < 12 && random.nextInt(10) == 0) {
        String name = "s" + born++;
        queue.add(name, 1 << random.nextInt(4));
        present.put(name, false);
      }
      for (String name : List.copyOf(present.keySet())) {
        int dice = random.nextInt(200);
        if (dice == 0) {
          queue.remove(name);
          present.remove(name);
          waited.remove(name);
        } else if (dice < 8) {
          boolean now = !queue.isActive(name);
          if (now) {
            queue.activate(name);
          } else {
            queue.deactivate(name);
          }
          present.put(name, now);
          waited.put(name, 0);
        } else if (dice < 10) {
          queue.setWeight(name, 1 << random.nextInt(4));
        }
      }
      Map<String, Integer> want = new HashMap<>();
      present.forEach((name, on) -> want.put(name, on ? 1 + random.nextInt(12) : 0));
      StepPlan<String> plan =
          step(8, (s, remaining) -> Math.min(remaining, want.getOrDefault(s, 0)));
      int wanted = want.values().stream().mapToInt(v -> v).sum();
      assertThat(plan.rows()).as("seed %d", seed).isEqualTo(Math.min(8, wanted));
      present.forEach((name, on) -> waited.merge(name, on ? 1 : 0, Integer::sum));
      plan.shares().forEach(share -> waited.put(share.session(), 0));
      // Twelve sessions, weights 1 to 8, a whole step each at worst: 12 * 8 steps between turns,
      // doubled for changes of weight and membership in between.
      assertThat(waited.values()).as("seed %d, step %d", seed, i).allMatch(w -> w < 200);
    }
  }

  @Test
  void nonsenseIsRefusedWithItsValue() {
    addActive("a", 1);
    assertThatThrownBy(() -> queue.add("a", 1)).hasMessageContaining("added twice");
    for (double weight : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e7}) {
      assertThatThrownBy(() -> queue.setWeight("a", weight))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("weight " + weight);
    }
    assertThatThrownBy(() -> queue.activate("x")).hasMessageContaining("x is not in the queue");
    assertThatThrownBy(() -> queue.pick(0, 1, (s, r) -> 1)).hasMessageContaining("0 rows");
    assertThatThrownBy(() -> queue.pick(2, 1, (s, r) -> 3)).hasMessageContaining("3 of 2 rows");
    StepPlan<String> plan = queue.pick(1, 1, (s, r) -> 1);
    assertThatThrownBy(() -> queue.charge(plan, Double.NaN)).hasMessageContaining("NaN");
  }
}
