package dev.paceline.models.train;

import static dev.paceline.models.torchscript.Expr.attribute;
import static dev.paceline.models.torchscript.Expr.list;
import static dev.paceline.models.torchscript.Expr.named;
import static dev.paceline.models.torchscript.Expr.of;
import static dev.paceline.models.torchscript.Expr.torch;

import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;
import dev.paceline.models.train.FlatLayout.Part;

/** A GPT-2 that is not trained, as attributes and methods of a program; its head may be its own. */
final class TargetProgram {
  private static final String WEIGHTS = "target";
  private static final String HEAD = "target_head";
  private static final String HIDDEN = "target_hidden";

  private TargetProgram() {}

  /** A program with nothing but a target. */
  static ScriptModule build(TrainSpec spec) {
    ScriptModule module = new ScriptModule();
    Method forward = module.method("forward", "Tensor");
    Expr none = forward.parameter("none");
    forward.result(none);
    add(module, spec);
    return module;
  }

  static void add(ScriptModule module, TrainSpec spec) {
    FlatLayout layout = new FlatLayout(spec.config());
    module.tensor(WEIGHTS);
    module.tensor(HEAD);
    ForwardPass.add(module, HIDDEN, layout, spec);
    teach(module, layout);
    loss(module, spec);
  }

  /** The final hidden rows [B·T, D]. */
  static Expr hidden(Expr ids) {
    return Expr.method(HIDDEN, attribute(WEIGHTS), ids);
  }

  /** The head [V, D] in the type of computation. */
  static Expr head(TrainSpec spec) {
    return spec.mixed() ? attribute(HEAD).to(spec.compute()) : attribute(HEAD);
  }

  /** Logits [R, V] of hidden rows in the master type. */
  static Expr logits(TrainSpec spec, Expr rows, Expr head) {
    Expr logits = torch("mm", rows, torch("t", head));
    return spec.mixed() ? logits.to(spec.master()) : logits;
  }

  /** {@code teach(flat, head)}: copies the weights in; an empty head is tied to the embedding. */
  private static void teach(ScriptModule module, FlatLayout layout) {
    Method m = module.method("teach", "Tensor");
    Expr flat = m.parameter("flat");
    Expr own = m.parameter("own");
    m.set(WEIGHTS, torch("clone", torch("detach", flat)));
    Part wte = layout.part("wte");
    m.either(
        torch("eq", torch("numel", own), of(0)),
        () ->
            m.set(
                HEAD,
                torch(
                    "view", attribute(WEIGHTS).slice(0, of(0), of(wte.size())), list(wte.shape()))),
        () -> m.set(HEAD, torch("view", torch("clone", torch("detach", own)), list(wte.shape()))));
    m.result(attribute(WEIGHTS));
  }

  /** {@code target_loss(ids, targets)}: sum of the cross-entropies, in fp64. */
  private static void loss(ScriptModule module, TrainSpec spec) {
    Method m = module.method("target_loss", "Tensor");
    Expr ids = m.parameter("ids");
    Expr targets = m.parameter("targets");
    m.run(torch("set_grad_enabled", Expr.FALSE));
    Expr hidden = m.let("h", hidden(ids));
    Expr head = m.let("w", head(spec));
    m.let(
        "sum",
        torch(
            "zeros",
            list(1),
            named("dtype", ElementType.DOUBLE.code()),
            named("device", Expr.op("prim", "device", hidden))));
    LossRows.chunks(
        m,
        hidden,
        spec.lossRows(),
        (from, to) -> {
          Expr z = m.let("z", logits(spec, hidden.slice(0, from, to), head));
          Expr log = m.let("l", torch("log_softmax", z, of(1), Expr.NONE));
          Expr column = torch("unsqueeze", targets.slice(0, from, to), of(1));
          Expr gathered = torch("gather", log, of(1), column);
          m.run(torch("sub_", Expr.variable("sum"), torch("sum", gathered)));
        });
    m.result(Expr.variable("sum"));
  }
}
