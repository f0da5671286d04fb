package dev.paceline.models.train;

import static dev.paceline.models.torchscript.Expr.attribute;
import static dev.paceline.models.torchscript.Expr.of;
import static dev.paceline.models.torchscript.Expr.torch;

import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;

/**
 * The program that trains a GPT-2: weights, gradient and moments are four flat vectors inside it,
 * and a micro-batch or an update is one call. {@link LossRows} has the loss and its gradient.
 */
final class TrainProgram {
  /** The method that {@link LossRows#accumulate} writes. */
  static final String ACCUMULATE = "accumulate";

  private static final String ROWS = "rows";

  private final FlatLayout layout;
  private final TrainSpec spec;
  private final ScriptModule module = new ScriptModule();
  private final LossRows losses;

  private TrainProgram(TrainSpec spec) {
    this.spec = spec;
    this.layout = new FlatLayout(spec.config());
    this.losses = new LossRows(module, layout, spec);
  }

  static ScriptModule build(TrainSpec spec) {
    return new TrainProgram(spec).write();
  }

  private ScriptModule write() {
    for (String name : new String[] {"flat", "grad", "mean", "square"}) {
      module.tensor(name);
    }
    Method forward = module.method("forward", "Tensor");
    Expr none = forward.parameter("none");
    forward.result(none);
    restore();
    freeze();
    for (String name : new String[] {"flat", "grad", "mean", "square"}) {
      Method m = module.method("get_" + name, "Tensor");
      m.result(attribute(name));
    }
    ForwardPass.add(module, "hidden", layout, spec);
    logits();
    losses.crossEntropy(ROWS);
    losses.accumulate(ACCUMULATE, ROWS);
    loss();
    OptimizerProgram.add(module, layout, spec);
    return module;
  }

  /** {@code restore(flat, mean, square)}: copies the state in and clears the gradient. */
  private void restore() {
    Method m = module.method("restore", "Tensor");
    for (String name : new String[] {"flat", "mean", "square"}) {
      Expr value = m.parameter(name);
      m.set(name, torch("clone", torch("detach", value)));
    }
    m.set("grad", torch("zeros_like", attribute("flat")));
    m.result(attribute("flat"));
  }

  /** {@code freeze(flat)}: copies the weights in, without a place for a gradient or moments. */
  private void freeze() {
    Method m = module.method("freeze", "Tensor");
    Expr value = m.parameter("flat");
    m.set("flat", torch("clone", torch("detach", value)));
    m.result(attribute("flat"));
  }

  /** {@code logits(ids)}: [B·T, V] in the master type, without a graph. */
  private void logits() {
    Method m = module.method("logits", "Tensor");
    Expr ids = m.parameter("ids");
    m.run(torch("set_grad_enabled", Expr.FALSE));
    Expr hidden = m.let("h", Expr.method("hidden", attribute("flat"), ids));
    Expr logits = torch("mm", hidden, torch("t", losses.head()));
    m.result(spec.mixed() ? logits.to(spec.master()) : logits);
  }

  /** {@code loss(ids, targets)}: sum of the cross-entropies, without a graph. */
  private void loss() {
    Method m = module.method("loss", "Tensor");
    Expr ids = m.parameter("ids");
    Expr targets = m.parameter("targets");
    m.run(torch("set_grad_enabled", Expr.FALSE));
    Expr hidden = m.let("h", Expr.method("hidden", attribute("flat"), ids));
    Expr weight = m.let("w", losses.head());
    m.result(Expr.method(ROWS, hidden, targets, weight, hidden, weight, of(0.0)));
  }
}
