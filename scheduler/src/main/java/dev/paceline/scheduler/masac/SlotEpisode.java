package dev.paceline.scheduler.masac;

import dev.paceline.scheduler.allocation.ConvexShares;
import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.allocation.UniformShares;
import dev.paceline.scheduler.association.AssociationRule;
import dev.paceline.scheduler.association.Baselines;
import dev.paceline.scheduler.association.TmaPlus;
import dev.paceline.scheduler.mec.Allocation;
import dev.paceline.scheduler.mec.Evaluation;
import dev.paceline.scheduler.mec.Feasibility;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.SlotProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Independent slots, the paper's training ground: the reward is −I / I_base, I_base the objective
 * under random association with uniform shares, credited server by server.
 */
final class SlotEpisode implements Episode {
  private final LearnedShares map;
  private final Scenario scenario;
  private final RandomGenerator random;

  SlotEpisode(Learner learner, Scenario scenario, RandomGenerator random) {
    this.map = new LearnedShares(learner, false);
    this.scenario = scenario;
    this.random = random;
  }

  @Override
  public List<Transition> step(Actions source) {
    SlotProblem problem = SlotProblem.draw(scenario, random.nextLong());
    int[] spread = Baselines.RANDOM.associate(problem, random);
    double base =
        Evaluation.of(problem, Groups.allocate(problem, spread, new UniformShares())).objective();
    AssociationRule rule = random.nextBoolean() ? new TmaPlus() : Baselines.MAX_SINR;
    int[] server = rule.associate(problem, random);
    Groups groups = Groups.of(server, problem.serverCount());
    double[] uplink = new double[server.length];
    double[] compute = new double[server.length];
    List<Transition> transitions = new ArrayList<>();
    for (int j = 0; j < problem.serverCount(); j++) {
      int[] members = groups.members(j);
      if (members.length == 0) {
        continue;
      }
      new ConvexShares().share(problem, j, members, members.length, uplink, compute);
      Observation seen = Features.ofSlot(problem, server, j, members, uplink, compute);
      float[][] action = source.act(seen);
      map.map(seen, members, action, uplink, compute);
      double cost = 0;
      for (int i : members) {
        cost += problem.cost(i, j, uplink[i], compute[i]);
      }
      // A server's part of I, against an equal part of I_base; bounded, as softmax tails are not.
      float reward = (float) -Math.min(10, cost * problem.serverCount() / base);
      transitions.add(new Transition(seen, action, reward, seen));
    }
    Feasibility.check(problem, new Allocation(server, uplink, compute));
    return transitions;
  }
}
