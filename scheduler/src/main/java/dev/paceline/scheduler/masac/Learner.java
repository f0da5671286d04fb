package dev.paceline.scheduler.masac;

import java.util.random.RandomGenerator;

/**
 * Everything that is learned.
 *
 * @param variant what the actions mean
 * @param actor per user: means and log standard deviations of the two latent actions
 * @param critics the twins: value of a server's users and actions
 * @param targets slow copies of the critics
 * @param logTemperature ln α
 */
record Learner(
    Variant variant,
    SetModel actor,
    SetModel[] critics,
    SetModel[] targets,
    double logTemperature) {
  static final int HIDDEN = 32;

  static final SetModel.Shape ACTOR =
      new SetModel.Shape(Features.USER, Features.SERVER, HIDDEN, 2 * Features.ACTIONS, true);
  static final SetModel.Shape CRITIC =
      new SetModel.Shape(Features.USER + Features.ACTIONS, Features.SERVER, HIDDEN, 1, false);

  /** Of networks in the order of {@link #models}. */
  static Learner of(Variant variant, SetModel[] models, double logTemperature) {
    return new Learner(
        variant,
        models[0],
        new SetModel[] {models[1], models[2]},
        new SetModel[] {models[3], models[4]},
        logTemperature);
  }

  /** Actor, critics and target critics. */
  SetModel[] models() {
    return new SetModel[] {actor, critics[0], critics[1], targets[0], targets[1]};
  }

  /** Untrained: the mean action is 0, which is the convex allocation or equal scores. */
  static Learner fresh(Variant variant, RandomGenerator random) {
    SetModel[] critics = {SetModel.fresh(CRITIC, random), SetModel.fresh(CRITIC, random)};
    return new Learner(
        variant, SetModel.fresh(ACTOR, random), critics, critics.clone(), Math.log(0.01));
  }
}
