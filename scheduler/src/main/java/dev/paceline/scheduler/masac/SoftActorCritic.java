package dev.paceline.scheduler.masac;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Soft actor-critic (Haarnoja et al.) with twin critics, target critics and a learned temperature,
 * for agents that share their networks.
 *
 * <p>The paper's target update, φ ← ξ φ + (1 − ξ) φ̄, would overwrite the critic; here φ̄ ← ξ φ +
 * (1 − ξ) φ̄. Its "offline sampling" is off-policy replay.
 *
 * <p>One thread only: the engine allows a single gradient collector at a time.
 */
final class SoftActorCritic implements AutoCloseable {
  private static final float LEAST_LOG_SIGMA = -5;
  private static final float MOST_LOG_SIGMA = 1;
  private static final float SOFT_UPDATE = 0.005f;
  private static final float HALF_LOG_2PI = (float) (0.5 * Math.log(2 * Math.PI));
  private static final double TEMPERATURE_RATE = 3e-4;

  private final NDManager manager;
  private final float discount;
  private final SetNetwork actor;
  private final SetNetwork[] critics;
  private final SetNetwork[] targets;
  private final Adam actorStep;
  private final Adam[] criticSteps;
  private double logTemperature;

  /**
   * Losses of one update.
   *
   * @param critic mean squared Bellman error of the twin critics
   * @param actor mean of α log π − Q
   * @param entropy of the policy per active action
   * @param temperature α
   */
  record Losses(float critic, float actor, float entropy, float temperature) {}

  SoftActorCritic(Learner learner) {
    manager = TensorEngine.manager();
    discount = (float) learner.variant().discount();
    actor = new SetNetwork(manager, learner.actor(), true);
    critics =
        new SetNetwork[] {
          new SetNetwork(manager, learner.critics()[0], true),
          new SetNetwork(manager, learner.critics()[1], true)
        };
    targets =
        new SetNetwork[] {
          new SetNetwork(manager, learner.targets()[0], false),
          new SetNetwork(manager, learner.targets()[1], false)
        };
    actorStep = new Adam(actor, 3e-4f);
    criticSteps = new Adam[] {new Adam(critics[0], 1e-3f), new Adam(critics[1], 1e-3f)};
    logTemperature = learner.logTemperature();
  }

  /** The networks' present state. */
  Learner learner(Variant variant) {
    return new Learner(
        variant,
        actor.model(),
        new SetModel[] {critics[0].model(), critics[1].model()},
        new SetModel[] {targets[0].model(), targets[1].model()},
        logTemperature);
  }

  /** The optimisers' states: the actor's, then the critics'. */
  List<Adam.State> optimizers() {
    return List.of(actorStep.state(), criticSteps[0].state(), criticSteps[1].state());
  }

  /** Takes up the optimisers' states of a run that stopped with these networks. */
  void restore(List<Adam.State> optimizers) {
    actorStep.restore(optimizers.get(0));
    criticSteps[0].restore(optimizers.get(1));
    criticSteps[1].restore(optimizers.get(2));
  }

  /** The policy in plain Java. */
  SetModel actor() {
    return actor.model();
  }

  /**
   * One step of critics, actor, temperature and target critics.
   *
   * @param pull weight of the penalty on the mean action, which pulls towards the convex allocation
   */
  Losses update(List<Transition> items, float pull, RandomGenerator random) {
    try (NDManager scratch = manager.newSubManager()) {
      Batch seen = Batch.of(scratch, items, Transition::seen);
      Batch next = Batch.of(scratch, items, Transition::next);
      float alpha = (float) Math.exp(logTemperature);
      NDArray goal = goal(scratch, items, next, alpha, random);
      float criticLoss = updateCritics(scratch, items, seen, goal);
      float[] outcome = updateActor(scratch, seen, alpha, pull, random);
      // Raises the temperature while the entropy per action is below its target of −1.
      logTemperature += TEMPERATURE_RATE * (-1 - outcome[1]);
      logTemperature = Math.max(-7, Math.min(0, logTemperature));
      for (int k = 0; k < targets.length; k++) {
        follow(scratch, targets[k].plain(), critics[k].plain());
      }
      return new Losses(criticLoss, outcome[0], outcome[1], alpha);
    }
  }

  /** r + γ (min Q̄(s', a') − α log π(a'|s')), outside the graph. */
  private NDArray goal(
      NDManager scratch, List<Transition> items, Batch next, float alpha, RandomGenerator random) {
    float[] rewards = new float[items.size()];
    for (int b = 0; b < rewards.length; b++) {
      rewards[b] = items.get(b).reward();
    }
    NDArray reward = TensorEngine.array(scratch, rewards, new Shape(rewards.length, 1));
    if (discount == 0) {
      return reward;
    }
    NDList sample = sample(scratch, false, next, random);
    NDArray value =
        NDArrays.minimum(
            q(targets[0], false, next, sample.get(0)), q(targets[1], false, next, sample.get(0)));
    return reward.add(value.sub(sample.get(1).mul(alpha)).mul(discount)).stopGradient();
  }

  float updateCritics(NDManager scratch, List<Transition> items, Batch seen, NDArray goal) {
    NDArray actions = Batch.actions(scratch, items, seen.users().getShape().get(1));
    float result;
    try (GradientCollector collector = TensorEngine.collector()) {
      NDArray loss =
          q(critics[0], true, seen, actions)
              .sub(goal)
              .square()
              .mean()
              .add(q(critics[1], true, seen, actions).sub(goal).square().mean());
      collector.backward(loss);
      result = loss.getFloat();
    }
    criticSteps[0].update(scratch);
    criticSteps[1].update(scratch);
    return result;
  }

  /** Returns the loss and the entropy per active action. */
  float[] updateActor(
      NDManager scratch, Batch seen, float alpha, float pull, RandomGenerator random) {
    float loss;
    NDList sample;
    try (GradientCollector collector = TensorEngine.collector()) {
      sample = sample(scratch, true, seen, random);
      NDArray value =
          NDArrays.minimum(
              q(critics[0], false, seen, sample.get(0)), q(critics[1], false, seen, sample.get(0)));
      NDArray objective = sample.get(1).mul(TensorEngine.number(scratch, alpha)).sub(value).mean();
      NDArray total = objective.add(sample.get(2).mul(TensorEngine.number(scratch, pull)));
      collector.backward(total);
      loss = objective.getFloat();
    }
    actorStep.update(scratch);
    float active = Math.max(1, seen.active().sum().getFloat());
    float entropy = -sample.get(1).stopGradient().sum().getFloat() / active;
    return new float[] {loss, entropy};
  }

  /** Actions [B, N, 2], their log-probability [B, 1], and the mean square of the policy's mean. */
  private NDList sample(NDManager scratch, boolean learn, Batch batch, RandomGenerator random) {
    NDArray out = actor.run(learn, batch.users(), batch.mask(), batch.server());
    NDArray mu = out.get("..., 0:2");
    NDArray logSigma = out.get("..., 2:4").add(-1f).clip(LEAST_LOG_SIGMA, MOST_LOG_SIGMA);
    float[] drawn = new float[(int) mu.size()];
    for (int k = 0; k < drawn.length; k++) {
      drawn[k] = (float) random.nextGaussian();
    }
    NDArray noise = TensorEngine.array(scratch, drawn, mu.getShape());
    NDArray action = mu.add(logSigma.exp().mul(noise)).tanh().mul(batch.active());
    NDArray each =
        noise
            .square()
            .mul(-0.5f)
            .sub(logSigma)
            .sub(HALF_LOG_2PI)
            .sub(action.square().neg().add(1 + 1e-6f).log())
            .mul(batch.active());
    int[] overUsers = {1, 2};
    NDArray logProbability = each.sum(overUsers).reshape(batch.users().getShape().get(0), 1);
    return new NDList(action, logProbability, mu.square().mul(batch.active()).mean());
  }

  private static NDArray q(SetNetwork critic, boolean learn, Batch batch, NDArray action) {
    NDArray rows = batch.users().concat(action, -1);
    return critic.run(learn, rows, batch.mask(), batch.server());
  }

  private static void follow(NDManager scratch, List<NDArray> target, List<NDArray> critic) {
    for (int k = 0; k < target.size(); k++) {
      NDArray share = critic.get(k).mul(SOFT_UPDATE);
      share.attach(scratch);
      target.get(k).muli(1 - SOFT_UPDATE).addi(share);
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
