package dev.paceline.scheduler.masac;

import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.live.LiveConfig;
import dev.paceline.scheduler.live.LiveRules;
import dev.paceline.scheduler.live.LiveSystem;
import dev.paceline.scheduler.live.View;
import dev.paceline.scheduler.mec.Allocation;
import dev.paceline.scheduler.mec.Feasibility;
import dev.paceline.scheduler.mec.SimulatedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One run of the live system under an exploring policy; yields every agent's transitions. */
final class LiveEpisode implements Episode {
  /** Keeps returns, discounted sums of costs, of the order of ten. */
  private static final float REWARD_SCALE = 0.1f;

  private final LearnedShares map;
  private final LiveSystem system;
  private final LiveRules prior;
  private final int servers;
  private View view;

  LiveEpisode(Learner learner, LiveConfig config, long seed) {
    map = new LearnedShares(learner, false);
    prior = learner.variant().livePrior();
    servers = config.scenario().servers();
    SimulatedChannel channel =
        new SimulatedChannel(
            config.scenario().radio(),
            config.scenario().devices(),
            servers,
            config.scenario().objective().slotMs() / 1000,
            new SplittableRandom(~seed));
    system = new LiveSystem(config, channel, seed);
    view = system.observe();
  }

  @Override
  public List<Transition> step(Explorer explorer) {
    int count = view.server().length;
    double[] uplink = new double[count];
    double[] compute = new double[count];
    Observation[] seen = observe(view, uplink, compute);
    Groups groups = Groups.of(view.server(), servers);
    float[][][] actions = new float[servers][][];
    for (int j = 0; j < servers; j++) {
      float[][] action = explorer.act(seen[j]);
      actions[j] = action;
      map.map(seen[j], groups.members(j), action, uplink, compute);
    }
    Feasibility.checkPartial(view.problem(), new Allocation(view.server(), uplink, compute));
    double[] cost = system.step(view, uplink, compute);
    view = system.observe();
    count = view.server().length;
    Observation[] next = observe(view, new double[count], new double[count]);
    List<Transition> transitions = new ArrayList<>();
    for (int j = 0; j < servers; j++) {
      float[][] action = actions[j];
      if (seen[j].count() > 0) {
        float reward = (float) (-REWARD_SCALE * cost[j]);
        transitions.add(new Transition(seen[j], action, reward, next[j]));
      }
    }
    return transitions;
  }

  private Observation[] observe(View seen, double[] uplink, double[] compute) {
    Groups groups = Groups.of(seen.server(), servers);
    Observation[] observations = new Observation[servers];
    for (int j = 0; j < servers; j++) {
      int[] members = groups.members(j);
      prior.share(seen, j, members, uplink, compute);
      observations[j] = Features.of(seen, j, members, uplink, compute);
    }
    return observations;
  }
}
