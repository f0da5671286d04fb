package dev.paceline.models.train;

import static dev.paceline.models.torchscript.Expr.attribute;
import static dev.paceline.models.torchscript.Expr.list;
import static dev.paceline.models.torchscript.Expr.named;
import static dev.paceline.models.torchscript.Expr.of;
import static dev.paceline.models.torchscript.Expr.torch;

import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;
import dev.paceline.models.train.FlatLayout.Kind;
import dev.paceline.models.train.FlatLayout.Part;

/**
 * The updates. {@code clip(limit)} scales the gradient to a norm of at most the limit and returns
 * the norm before; {@code adamw(hyper)} and {@code muon(hyper)} take one step and clear the
 * gradient.
 *
 * <p>AdamW is Loshchilov and Hutter's (arXiv 1711.05101), decay on embeddings and matrices only.
 * Muon (Jordan et al. 2024) moves the matrices of the layers along their momentum, orthogonalised
 * by five Newton–Schulz steps, and everything else by AdamW; the factor 0.2 √max(in, out) gives its
 * updates AdamW's size (Liu et al., arXiv 2502.16982), so that both share rate and decay.
 */
final class OptimizerProgram {
  /** Places in {@code hyper}, a vector of doubles. */
  static final int RATE = 0;

  static final int DECAY = 1;
  static final int BETA1 = 2;
  static final int BETA2 = 3;

  /** √(1 − β₂^step). */
  static final int ROOT_UNBIAS2 = 4;

  /** −rate / (1 − β₁^step). */
  static final int STEP_SIZE = 5;

  static final int MOMENTUM = 6;
  static final int HYPER = 7;

  private static final double EPSILON = 1e-8;
  private static final double[] QUINTIC = {3.4445, -4.7750, 2.0315};
  private static final int ITERATIONS = 5;

  private final ScriptModule module;
  private final FlatLayout layout;
  private final TrainSpec spec;

  private OptimizerProgram(ScriptModule module, FlatLayout layout, TrainSpec spec) {
    this.module = module;
    this.layout = layout;
    this.spec = spec;
  }

  static void add(ScriptModule module, FlatLayout layout, TrainSpec spec) {
    OptimizerProgram program = new OptimizerProgram(module, layout, spec);
    program.clip();
    program.stretch();
    program.orthogonal();
    program.adamw();
    program.muon();
  }

  private void clip() {
    Method m = module.method("clip", "Tensor");
    Expr limit = m.parameter("limit").toList("float").at(0);
    m.run(torch("set_grad_enabled", Expr.FALSE));
    Expr norm = m.let("norm", torch("norm", attribute("grad")));
    Expr ratio = torch("div", limit, torch("add", norm, of(1e-6)));
    m.run(torch("mul_", attribute("grad"), torch("clamp", ratio, Expr.NONE, of(1.0))));
    m.result(norm);
  }

  /** {@code stretch(hyper, from, to, decay)}: AdamW on elements [from, to). */
  private void stretch() {
    Method m = module.method("stretch", "Tensor");
    Expr h = m.parameter("h", "List[float]");
    Expr from = m.parameter("start", "int");
    Expr to = m.parameter("stop", "int");
    Expr decay = m.parameter("decay", "float");
    Expr g = m.let("g", attribute("grad").slice(0, from, to));
    Expr mean = m.let("m", attribute("mean").slice(0, from, to));
    Expr square = m.let("v", attribute("square").slice(0, from, to));
    Expr weight = m.let("w", attribute("flat").slice(0, from, to));
    m.run(torch("lerp_", mean, g, torch("sub", of(1.0), h.at(BETA1))));
    Expr rest = named("value", torch("sub", of(1.0), h.at(BETA2)));
    m.run(torch("addcmul_", torch("mul_", square, h.at(BETA2)), g, g, rest));
    m.run(torch("mul_", weight, torch("sub", of(1.0), torch("mul", h.at(RATE), decay))));
    Expr root = torch("div", torch("sqrt", square), h.at(ROOT_UNBIAS2));
    Expr size = m.let("size", torch("add_", root, of(EPSILON)));
    m.run(torch("addcdiv_", weight, mean, size, named("value", h.at(STEP_SIZE))));
    m.result(weight);
  }

  private void adamw() {
    Method m = module.method("adamw", "Tensor");
    Expr h = begin(m);
    long decayed = layout.size(Kind.EMBEDDING) + layout.size(Kind.MATRIX);
    m.run(Expr.method("stretch", h, of(0), of(decayed), h.at(DECAY)));
    m.run(Expr.method("stretch", h, of(decayed), of(layout.size()), of(0.0)));
    finish(m);
  }

  private void muon() {
    Method m = module.method("muon", "Tensor");
    Expr h = begin(m);
    long embeddings = layout.size(Kind.EMBEDDING);
    long decayed = embeddings + layout.size(Kind.MATRIX);
    m.run(Expr.method("stretch", h, of(0), of(embeddings), h.at(DECAY)));
    m.run(Expr.method("stretch", h, of(decayed), of(layout.size()), of(0.0)));
    for (Part part : layout.parts(Kind.MATRIX)) {
      matrix(m, h, part);
    }
    finish(m);
  }

  private void matrix(Method m, Expr h, Part part) {
    long width = spec.config().width();
    Expr from = of(part.start());
    Expr to = of(part.start() + part.size());
    Expr momentum = m.let("momentum", attribute("mean").slice(0, from, to));
    Expr gradient = m.let("gradient", attribute("grad").slice(0, from, to));
    m.run(torch("add_", torch("mul_", momentum, h.at(MOMENTUM)), gradient));
    Expr ahead = torch("add", gradient, torch("mul", momentum, h.at(MOMENTUM)));
    boolean three = part.name().equals("attn_w");
    long in = part.shape()[0];
    long out = three ? width : part.shape()[1];
    Expr stacked;
    if (three) {
      // Queries, keys and values are three matrices.
      Expr apart = torch("view", ahead, list(part.layers(), in, 3, out));
      stacked = torch("reshape", torch("transpose", apart, of(1), of(2)), list(-1, in, out));
    } else {
      stacked = torch("view", ahead, list(part.layers(), in, out));
    }
    Expr turned = in > out ? torch("transpose", stacked, of(1), of(2)) : stacked;
    m.let("update", Expr.method("orthogonal", turned));
    Expr update = Expr.variable("update");
    if (in > out) {
      update = torch("transpose", update, of(1), of(2));
    }
    if (three) {
      update = torch("view", update, list(part.layers(), 3, in, out));
      update = torch("transpose", update, of(1), of(2));
    }
    m.let("step", torch("reshape", update, list(-1)));
    Expr weight = m.let("weight", attribute("flat").slice(0, from, to));
    Expr kept = torch("sub", of(1.0), torch("mul", h.at(RATE), h.at(DECAY)));
    m.run(torch("mul_", weight, kept));
    double factor = -0.2 * Math.sqrt(Math.max(in, out));
    Expr scaled = torch("mul", torch("mul", Expr.variable("step"), h.at(RATE)), of(factor));
    m.run(torch("add_", weight, scaled));
  }

  /** {@code orthogonal(g)}: for g [N, a, b] with a ≤ b, about U Vᵀ of its singular vectors. */
  private void orthogonal() {
    Method m = module.method("orthogonal", "Tensor");
    Expr g = m.parameter("g");
    Expr norm = torch("norm", g, of(2), list(1, 2), Expr.TRUE);
    m.let("x", torch("div", g, torch("add", norm, of(1e-7))));
    if (spec.mixed()) {
      m.let("x", Expr.variable("x").to(spec.compute()));
    }
    m.loop(
        "i",
        of(ITERATIONS),
        i -> {
          Expr x = Expr.variable("x");
          Expr a = m.let("a", torch("bmm", x, torch("transpose", x, of(1), of(2))));
          Expr second = torch("mul", torch("bmm", a, a), of(QUINTIC[2]));
          Expr b = m.let("b", torch("add", torch("mul", a, of(QUINTIC[1])), second));
          m.let("x", torch("add", torch("mul", x, of(QUINTIC[0])), torch("bmm", b, x)));
        });
    Expr x = Expr.variable("x");
    m.result(spec.mixed() ? x.to(spec.master()) : x);
  }

  private static Expr begin(Method m) {
    Expr hyper = m.parameter("hyper");
    m.run(torch("set_grad_enabled", Expr.FALSE));
    return m.let("h", hyper.toList("float"));
  }

  private static void finish(Method m) {
    m.run(torch("zero_", attribute("grad")));
    m.result(attribute("grad"));
  }
}
