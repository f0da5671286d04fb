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
 * Writes the methods that compute a loss and its gradient. The loss is fused with the head: for a
 * few rows at a time, logits, loss and the gradient of the logits are computed while they are in
 * the cache, so that the [B·T, V] logits never exist, neither the model's nor a teacher's. The
 * gradient below the head comes from PyTorch's autograd, called from inside the program.
 */
final class LossRows {
  private final ScriptModule module;
  private final FlatLayout layout;
  private final TrainSpec spec;

  LossRows(ScriptModule module, FlatLayout layout, TrainSpec spec) {
    this.module = module;
    this.layout = layout;
    this.spec = spec;
  }

  /**
   * {@code accumulate(ids, targets, factor)}: adds the gradient of factor · (sum of the
   * cross-entropies of all rows) and returns that sum.
   *
   * @param rows the method of {@link #crossEntropy}
   */
  void accumulate(String name, String rows) {
    Method m = module.method(name, "Tensor");
    Expr ids = m.parameter("ids");
    Expr targets = m.parameter("targets");
    Expr scale = m.let("factor", m.parameter("scale").toList("float")).at(0);
    backward(m, ids, rows, targets, scale);
  }

  /**
   * {@code distill(ids, targets, numbers)}: adds the gradient of scale · (share · cross-entropy +
   * (1 − share) · objective towards the target's distributions) and returns that sum; the numbers
   * are the scale and the share.
   *
   * @param rows the method of {@link #towards}
   */
  void distill(String name, String rows, TrainSpec target) {
    Method m = module.method(name, "Tensor");
    Expr ids = m.parameter("ids");
    Expr targets = m.parameter("targets");
    Expr numbers = m.let("pair", m.parameter("numbers").toList("float"));
    Expr scale = m.let("factor", numbers.at(0));
    Expr share = m.let("part", numbers.at(1));
    m.run(torch("set_grad_enabled", Expr.FALSE));
    Expr above = m.let("above", TargetProgram.hidden(ids));
    Expr head = m.let("over", TargetProgram.head(target));
    backward(m, ids, rows, targets, scale, above, head, share);
  }

  private void backward(Method m, Expr ids, String rows, Expr targets, Expr scale, Expr... more) {
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
    Expr[] arguments = new Expr[6 + more.length];
    Expr[] first = {hidden, targets, weight, across, into, scale};
    System.arraycopy(first, 0, arguments, 0, first.length);
    System.arraycopy(more, 0, arguments, first.length, more.length);
    Expr loss = m.let("loss", Expr.method(rows, arguments));
    m.either(
        torch("ne", scale, of(0.0)),
        () -> {
          Expr seeds = m.let("seeds", Expr.emptyList("Optional[Tensor]"));
          m.append(seeds, across);
          Expr gradients = m.let("gradients", torch("grad", list(graph), list(flat), seeds));
          Expr below = torch("_unwrap_optional", gradients.at(0));
          m.run(torch("add_", attribute("grad"), below));
        },
        () -> {});
    m.result(loss);
  }

  /**
   * {@code rows(h, targets, w, across, into, scale)}: sum of the cross-entropies of all rows;
   * writes the gradient of the hidden rows into {@code across} and adds that of the head to {@code
   * into}, if the scale is not 0.
   */
  void crossEntropy(String name) {
    Rows rows = new Rows(name);
    rows.loop(
        (z, from, to) -> {
          Expr goal = rows.m.let("g", rows.targets.slice(0, from, to));
          rows.m.let("d", Objective.CROSS_ENTROPY.write(rows.m, z, goal, "sum"));
        });
    rows.m.result(Expr.variable("sum"));
  }

  /**
   * {@code rows(h, targets, w, across, into, scale, above, over, part)}: the same towards the
   * distributions of a target with hidden rows {@code above} and head {@code over}, mixed with the
   * cross-entropy.
   */
  void towards(String name, Objective objective, TrainSpec target) {
    Rows rows = new Rows(name);
    Method m = rows.m;
    Expr above = m.parameter("above");
    Expr over = m.parameter("over");
    Expr share = m.parameter("part", "float");
    m.let("ce", zero(rows.h));
    rows.loop(
        (z, from, to) -> {
          Expr logits = TargetProgram.logits(target, m.let("ra", above.slice(0, from, to)), over);
          Expr p = m.let("p", torch("softmax", logits, of(1), Expr.NONE));
          Expr delta = m.let("d", objective.write(m, z, p, "sum"));
          m.either(
              torch("ne", share, of(0.0)),
              () -> {
                Expr token = m.let("g", rows.targets.slice(0, from, to));
                Expr other = m.let("dt", Objective.CROSS_ENTROPY.write(m, z, token, "ce"));
                Expr rest = torch("sub", of(1.0), share);
                m.let("d", torch("add", delta.times(rest), other.times(share)));
              },
              () -> m.let("d", delta));
        });
    Expr rest = torch("sub", of(1.0), share);
    m.result(torch("add", Expr.variable("sum").times(rest), Expr.variable("ce").times(share)));
  }

  /** What one chunk of rows does, given its logits; leaves their gradient in {@code d}. */
  @FunctionalInterface
  private interface Chunk {
    void write(Expr logits, Expr from, Expr to);
  }

  private final class Rows {
    final Method m;
    final Expr h;
    final Expr targets;
    private final Expr w;
    private final Expr across;
    private final Expr into;
    private final Expr scale;

    Rows(String name) {
      m = module.method(name, "Tensor");
      h = m.parameter("h");
      targets = m.parameter("targets");
      w = m.parameter("w");
      across = m.parameter("across");
      into = m.parameter("into");
      scale = m.parameter("scale", "float");
    }

    void loop(Chunk chunk) {
      m.let("sum", zero(h));
      chunks(
          m,
          h,
          spec.lossRows(),
          (from, to) -> {
            Expr rows = m.let("r", h.slice(0, from, to));
            Expr logits = m.let("z", master(torch("mm", rows, torch("t", w))));
            chunk.write(logits, from, to);
            m.either(
                torch("ne", scale, of(0.0)),
                () -> {
                  Expr typed = m.let("e", compute(torch("mul_", Expr.variable("d"), scale)));
                  m.run(torch("copy_", across.slice(0, from, to), torch("mm", typed, w)));
                  m.run(torch("add_", into, torch("mm", torch("t", typed), rows)));
                },
                () -> {});
          });
    }
  }

  /** Rows [from, to). */
  @FunctionalInterface
  interface Range {
    void write(Expr from, Expr to);
  }

  /** Loops over the rows of a tensor, some at a time; the last range may be short. */
  static void chunks(Method m, Expr rows, long each, Range body) {
    Expr total = m.let("total", torch("size", rows, of(0)));
    Expr count = torch("floordiv", total.plus(of(each - 1)), of(each));
    m.loop(
        "i",
        count,
        i -> {
          Expr from = m.let("a", i.times(of(each)));
          Expr to = m.let("b", from.plus(of(each)));
          body.write(from, to);
        });
  }

  private Expr zero(Expr like) {
    return torch(
        "zeros",
        list(1),
        named("dtype", spec.master().code()),
        named("device", Expr.op("prim", "device", like)));
  }

  /** The model's head, tied to the embedding, in the type of computation. */
  Expr head() {
    Part wte = layout.part("wte");
    Expr part = torch("detach", attribute("flat")).slice(0, of(0), of(wte.size()));
    return compute(torch("view", part, list(wte.shape())));
  }

  private Expr compute(Expr value) {
    return spec.mixed() ? value.to(spec.compute()) : value;
  }

  private Expr master(Expr value) {
    return spec.mixed() ? value.to(spec.master()) : value;
  }
}
