package dev.paceline.scheduler.figures;

import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.allocation.ShareRule;
import dev.paceline.scheduler.decisions.Policy;
import dev.paceline.scheduler.mec.Allocation;
import dev.paceline.scheduler.mec.Evaluation;
import dev.paceline.scheduler.mec.Feasibility;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.SlotProblem;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Runs all associations × shares on the same seeds. */
final class Grid {
  static final List<String> ASSOCIATIONS =
      List.of("random", "max-sinr", "max-compute-top", "max-compute-load", "tma", "tma-plus");

  private final Map<String, ShareRule> shares = new LinkedHashMap<>();
  private final int seeds;

  Grid(int seeds) {
    this.seeds = seeds;
    for (String word : Policy.SHARES) {
      shares.put(word, Policy.shares(word));
    }
  }

  int seeds() {
    return seeds;
  }

  /** One seed's problem and its outcome under a policy. */
  record Outcome(SlotProblem problem, Evaluation evaluation) {}

  /** The outcomes of every policy, by its name, one element per seed. */
  Map<String, Outcome[]> run(Scenario scenario) {
    Map<String, Outcome[]> outcomes = new LinkedHashMap<>();
    for (int seed = 0; seed < seeds; seed++) {
      SlotProblem problem = SlotProblem.draw(scenario, seed);
      for (String association : ASSOCIATIONS) {
        Map<String, int[]> servers = new HashMap<>();
        for (Map.Entry<String, ShareRule> rule : shares.entrySet()) {
          boolean own = association.equals("tma") && rule.getKey().equals("uniform");
          long stream = seed;
          int[] server =
              servers.computeIfAbsent(
                  own ? "uniform" : "all",
                  key ->
                      Policy.association(association, own ? "uniform" : "convex")
                          .associate(problem, new SplittableRandom(stream)));
          Allocation allocation = Groups.allocate(problem, server, rule.getValue());
          Feasibility.check(problem, allocation);
          String name = association + "+" + rule.getKey();
          outcomes.computeIfAbsent(name, key -> new Outcome[seeds])[seed] =
              new Outcome(problem, Evaluation.of(problem, allocation));
        }
      }
    }
    return outcomes;
  }
}
