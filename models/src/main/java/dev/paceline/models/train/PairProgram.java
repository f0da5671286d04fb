package dev.paceline.models.train;

import dev.paceline.models.torchscript.ScriptModule;
import java.util.EnumSet;
import java.util.Set;

/**
 * The training program of a draft with its target inside, so that a micro-batch of distillation is
 * one call and the target's [B·T, V] distributions never exist.
 */
final class PairProgram {
  /** What a draft can be distilled by. */
  static final Set<Objective> OBJECTIVES =
      EnumSet.of(Objective.FORWARD_KL, Objective.REVERSE_KL, Objective.TV);

  private PairProgram() {}

  /**
   * @param target of the same vocabulary and master type
   */
  static ScriptModule build(TrainSpec draft, TrainSpec target) {
    ScriptModule module = TrainProgram.build(draft);
    TargetProgram.add(module, target);
    LossRows losses = new LossRows(module, new FlatLayout(draft.config()), draft);
    for (Objective objective : OBJECTIVES) {
      String rows = "rows_" + objective.label();
      losses.towards(rows, objective, target);
      losses.distill(method(objective), rows, target);
    }
    MeasureProgram.add(module, draft, target);
    return module;
  }

  /** The method that accumulates the gradient. */
  static String method(Objective objective) {
    return "distill_" + objective.label();
  }
}
