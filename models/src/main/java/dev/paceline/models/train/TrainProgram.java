package dev.paceline.models.train;

import static dev.paceline.models.torchscript.Expr.attribute;
import static dev.paceline.models.torchscript.Expr.list;
import static dev.paceline.models.torchscript.Expr.named;
import static dev.paceline.models.torchscript.Expr.of;
import static dev.paceline.models.torchscript.Expr.torch;

import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;
import dev.paceline.models.train.FlatLayout.Part;

/**
 * The program that trains a GPT-2: weights, gradient and moments are four flat vectors inside it,
 * and a micro-batch or an update is one call.
 *
 * <p>The loss is fused with the head: for a few rows at a time, logits, loss and the gradient of
 * the logits are computed while they are in the cache, so that the [B·T, V] logits never exist. The
 * gradient below the head comes from PyTorch's autograd, called from inside the program.
 */
final class TrainProgram {
  private final FlatLayout layout;
  private final TrainSpec spec;
  private final ScriptModule module = new ScriptModule();

  private TrainProgram(TrainSpec spec) {
    this.spec = spec;
    this.layout = new FlatLayout(spec.config());
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
    for (String name : new String[] {"flat", "grad", "mean", "square"}) {
      Method m = module.method("get_" + name, "Tensor");
      m.result(attribute(name));
    }
    ForwardPass.add(module, layout, spec);
    logits();
    for (Objective objective : Objective.values()) {
      rows(objective);
      accumulate(objective);
    }
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

  /** {@code logits(ids)}: [B·T, V] in the master type, without a graph. */
  private void logits() {
    Method m = module.method("logits", "Tensor");
    Expr ids = m.parameter("ids");
    m.run(torch("set_grad_enabled", Expr.FALSE));
    Expr hidden = m.let("h", Expr.method("hidden", attribute("flat"), ids));
    m.result(master(torch("mm", hidden, torch("t", head()))));
  }

  /** {@code loss(ids, targets)}: sum of the cross-entropies, without a graph. */
  private void loss() {
    Method m = module.method("loss", "Tensor");
    Expr ids = m.parameter("ids");
    Expr targets = m.parameter("targets");
    m.run(torch("set_grad_enabled", Expr.FALSE));
    Expr hidden = m.let("h", Expr.method("hidden", attribute("flat"), ids));
    Expr weight = m.let("w", head());
    String rows = "rows_" + Objective.CROSS_ENTROPY.label();
    m.result(Expr.method(rows, hidden, targets, weight, hidden, weight, of(0.0)));
  }

  /**
   * {@code accumulate_X(ids, targets, scale)}: adds the gradient of scale · (sum of the losses of
   * all rows) and returns that sum. The targets are what {@link Objective} says.
   */
  private void accumulate(Objective objective) {
    Method m = module.method("accumulate_" + objective.label(), "Tensor");
    Expr ids = m.parameter("ids");
    Expr targets = m.parameter("targets");
    Expr scale = m.let("factor", m.parameter("scale").toList("float")).at(0);
    m.run(torch("set_grad_enabled", Expr.TRUE));
    Expr flat =
        m.let("leaf", torch("requires_grad_", torch("detach", attribute("flat")), Expr.TRUE));
    Expr graph = m.let("graph", Expr.method("hidden", flat, ids));
    m.run(torch("set_grad_enabled", Expr.FALSE));
    Expr hidden = m.let("h", torch("detach", graph));
    Expr weight = m.let("w", head());
    Expr across = m.let("across", torch("zeros_like", hidden));
    Part wte = layout.part("wte");
    Expr into =
        m.let(
            "into",
            torch("view", attribute("grad").slice(0, of(0), of(wte.size())), list(wte.shape())));
    Expr sum =
        Expr.method("rows_" + objective.label(), hidden, targets, weight, across, into, scale);
    Expr loss = m.let("loss", sum);
    Expr seeds = m.let("seeds", Expr.emptyList("Optional[Tensor]"));
    m.append(seeds, across);
    Expr gradients = m.let("gradients", torch("grad", list(graph), list(flat), seeds));
    Expr below = torch("_unwrap_optional", gradients.at(0));
    m.run(torch("add_", attribute("grad"), below));
    m.result(loss);
  }

  /**
   * {@code rows_X(h, targets, w, across, into, scale)}: sum of the losses over all rows; writes the
   * gradient of the hidden rows into {@code across} and adds that of the head to {@code into}, if
   * the scale is not 0.
   */
  private void rows(Objective objective) {
    Method m = module.method("rows_" + objective.label(), "Tensor");
    Expr h = m.parameter("h");
    Expr targets = m.parameter("targets");
    Expr w = m.parameter("w");
    Expr across = m.parameter("across");
    Expr into = m.parameter("into");
    Expr scale = m.parameter("scale", "float");
    Expr total = m.let("total", torch("size", h, of(0)));
    Expr chunk = of(spec.lossRows());
    Expr chunks = torch("floordiv", total.plus(of(spec.lossRows() - 1)), chunk);
    m.let(
        "sum",
        torch(
            "zeros",
            list(1),
            named("dtype", spec.master().code()),
            named("device", torchDevice(h))));
    m.loop(
        "i",
        chunks,
        i -> {
          Expr from = m.let("a", i.times(chunk));
          Expr to = m.let("b", from.plus(chunk));
          Expr rows = m.let("r", h.slice(0, from, to));
          Expr logits = m.let("z", master(torch("mm", rows, torch("t", w))));
          Expr goal = m.let("g", targets.slice(0, from, to));
          Expr delta = m.let("d", objective.write(m, logits, goal));
          m.either(
              torch("ne", scale, of(0.0)),
              () -> {
                Expr typed = m.let("e", compute(torch("mul_", delta, scale)));
                m.run(torch("copy_", across.slice(0, from, to), torch("mm", typed, w)));
                m.run(torch("add_", into, torch("mm", torch("t", typed), rows)));
              },
              () -> {});
        });
    m.result(Expr.variable("sum"));
  }

  private Expr head() {
    Part wte = layout.part("wte");
    Expr part = torch("detach", attribute("flat")).slice(0, of(0), of(wte.size()));
    return compute(torch("view", part, list(wte.shape())));
  }

  private static Expr torchDevice(Expr tensor) {
    return Expr.op("prim", "device", tensor);
  }

  private Expr compute(Expr value) {
    return spec.mixed() ? value.to(spec.compute()) : value;
  }

  private Expr master(Expr value) {
    return spec.mixed() ? value.to(spec.master()) : value;
  }
}
