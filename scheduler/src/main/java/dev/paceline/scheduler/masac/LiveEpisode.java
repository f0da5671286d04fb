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

  /** The prior's shares and what the agents see, of the present view. */
  private double[] uplink = {};

  private double[] compute = {};
  private Observation[] seen = {};

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
    look();
  }

  @Override
  public List<Transition> step(Actions source) {
    Observation[] before = seen;
    Groups groups = Groups.of(view.server(), servers);
    float[][][] actions = new float[servers][][];
    for (int j = 0; j < servers; j++) {
      float[][] action = source.act(before[j]);
      actions[j] = action;
      map.map(before[j], groups.members(j), action, uplink, compute);
    }
    Feasibility.checkPartial(view.problem(), new Allocation(view.server(), uplink, compute));
    double[] cost = system.step(view, uplink, compute);
    look();
    List<Transition> transitions = new ArrayList<>();
    for (int j = 0; j < servers; j++) {
      if (before[j].count() > 0) {
        float reward = (float) (-REWARD_SCALE * cost[j]);
        transitions.add(new Transition(before[j], actions[j], reward, seen[j]));
      }
    }
    return transitions;
  }

  private void look() {
    view = system.observe();
    uplink = new double[view.server().length];
    compute = new double[view.server().length];
    Groups groups = Groups.of(view.server(), servers);
    seen = new Observation[servers];
    for (int j = 0; j < servers; j++) {
      int[] members = groups.members(j);
      prior.share(view, j, members, uplink, compute);
      seen[j] = Features.of(view, j, members, uplink, compute);
    }
  }
}
