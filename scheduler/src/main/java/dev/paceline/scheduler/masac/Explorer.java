package dev.paceline.scheduler.masac;

import java.util.random.RandomGenerator;

/** Draws actions from the policy while it learns. */
final class Explorer implements Actions {
  private final SetModel actor;
  private final RandomGenerator random;

  Explorer(SetModel actor, RandomGenerator random) {
    this.actor = actor;
    this.random = random;
  }

  @Override
  public float[][] act(Observation seen) {
    float[][] out = actor.run(seen.users(), seen.server());
    float[][] action = new float[out.length][2];
    for (int a = 0; a < out.length; a++) {
      for (int k = 0; k < Features.ACTIONS; k++) {
        double sigma = Math.exp(Math.max(-5, Math.min(1, out[a][2 + k] - 1)));
        double latent = out[a][k] + sigma * random.nextGaussian();
        action[a][k] = (float) Math.tanh(latent) * seen.active()[a][k];
      }
    }
    return action;
  }
}
