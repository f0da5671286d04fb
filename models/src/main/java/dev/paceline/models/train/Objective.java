package dev.paceline.models.train;

import static dev.paceline.models.torchscript.Expr.of;
import static dev.paceline.models.torchscript.Expr.torch;
import static dev.paceline.models.torchscript.Expr.variable;

import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import java.util.Locale;

/**
 * What a row of logits z, with q = softmax(z), is trained towards. Each is the sum of a loss per
 * row and its gradient by z in closed form.
 */
enum Objective {
  /** Cross-entropy with token ids t [R]: −log q(t); gradient q − 1(t). */
  CROSS_ENTROPY {
    @Override
    Expr write(Method m, Expr z, Expr goal, String sum) {
      Expr column = m.let("t", torch("unsqueeze", goal, of(1)));
      Expr log = m.let("l", torch("log_softmax", z, of(1), Expr.NONE));
      add(m, sum, torch("neg", torch("sum", torch("gather", log, of(1), column))));
      Expr q = m.let("q", torch("exp_", log));
      Expr ones = torch("full_like", column, of(-1.0), Expr.named("dtype", torch6(z)));
      m.run(torch("scatter_add_", q, of(1), column, ones));
      return q;
    }
  },
  /** KL(p ‖ q) for p [R, V], without p's entropy (that is, −Σ p log q); gradient q − p. */
  FORWARD_KL {
    @Override
    Expr write(Method m, Expr z, Expr goal, String sum) {
      Expr log = m.let("l", torch("log_softmax", z, of(1), Expr.NONE));
      add(m, sum, torch("neg", torch("sum", goal.times(log))));
      return torch("sub_", torch("exp_", log), goal);
    }
  },
  /** KL(q ‖ p) = Σ q (log q − log p); gradient q (log q − log p − KL). */
  REVERSE_KL {
    @Override
    Expr write(Method m, Expr z, Expr goal, String sum) {
      Expr log = m.let("l", torch("log_softmax", z, of(1), Expr.NONE));
      Expr q = m.let("q", torch("exp", log));
      Expr least = of(1e-12);
      Expr ratio = m.let("ratio", torch("sub", log, torch("log", torch("clamp", goal, least))));
      Expr kl = m.let("kl", rowSum(q.times(ratio)));
      add(m, sum, torch("sum", kl));
      return torch("mul", q, torch("sub", ratio, kl));
    }
  },
  /** TV(p, q) = ½ Σ |q − p|; gradient ½ q (s − Σ q s) with s = sign(q − p). */
  TV {
    @Override
    Expr write(Method m, Expr z, Expr goal, String sum) {
      Expr q = m.let("q", torch("softmax", z, of(1), Expr.NONE));
      Expr gap = m.let("gap", torch("sub", q, goal));
      add(m, sum, torch("mul", torch("sum", torch("abs", gap)), of(0.5)));
      Expr s = m.let("s", torch("sign", gap));
      Expr centre = rowSum(q.times(s));
      return torch("mul", torch("mul", q, torch("sub", s, centre)), of(0.5));
    }
  };

  /**
   * Adds the loss of the rows to a variable and returns the gradient by z, a fresh tensor.
   *
   * @param sum name of the variable, a tensor of one element
   */
  abstract Expr write(Method m, Expr z, Expr goal, String sum);

  /** In names of methods. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static void add(Method m, String sum, Expr loss) {
    m.run(torch("add_", variable(sum), loss));
  }

  private static Expr rowSum(Expr value) {
    return torch("sum", value, Expr.list(1), Expr.TRUE);
  }

  private static Expr torch6(Expr like) {
    return Expr.op("prim", "dtype", like);
  }
}
