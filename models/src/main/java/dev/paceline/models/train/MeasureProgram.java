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
import java.util.ArrayList;
import java.util.List;

/**
 * {@code measure(ids, targets, inverses)}: how a draft q agrees with its target p, summed over the
 * rows, in fp64: the two cross-entropies, greedy agreement, and for each inverse temperature three
 * numbers, {@link #OVERLAP}, {@link #COUPLED} and {@link #BOUND}.
 *
 * <p>Two exponential races with shared randomness (see {@link dev.paceline.common.sampling.Race})
 * have the same winner i with probability 1 / Σ_j max(p_j / p_i, q_j / q_i), the chance that E_i /
 * p_i and E_i / q_i are both the smallest (Daliri, Musco, Suresh, arXiv 2408.07978). With the
 * tokens in the order of falling p / q, the maximum is p_j / p_i for the tokens before i and q_j /
 * q_i from i on, so that the acceptance is Σ_i p_i q_i / (P_i q_i + Q_i p_i) with P the sum of p
 * before i and Q the sum of q from i on: exact, by one sort.
 */
final class MeasureProgram {
  static final int TARGET_LOSS = 0;
  static final int DRAFT_LOSS = 1;
  static final int AGREEMENT = 2;

  /** Numbers before those of the temperatures. */
  static final int FIRST = 3;

  /** 1 − TV = Σ min(p, q), the largest acceptance of any rule. */
  static final int OVERLAP = 0;

  /** Acceptance of the coupled rule. */
  static final int COUPLED = 1;

  /** (1 − TV) / (1 + TV), which the coupled rule is proved to reach. */
  static final int BOUND = 2;

  /** Numbers of one temperature. */
  static final int EACH = 3;

  private static final double SMALLEST = 1e-30;

  private final TrainSpec draft;
  private final TrainSpec target;
  private final Method m;

  private MeasureProgram(TrainSpec draft, TrainSpec target, Method m) {
    this.draft = draft;
    this.target = target;
    this.m = m;
  }

  static void add(ScriptModule module, TrainSpec draft, TrainSpec target) {
    LossRows heads = new LossRows(module, new FlatLayout(draft.config()), draft);
    new MeasureProgram(draft, target, module.method("measure", "Tensor")).write(heads.head());
  }

  private void write(Expr draftHead) {
    Expr ids = m.parameter("ids");
    Expr targets = m.parameter("targets");
    Expr inverses = m.let("inverses", m.parameter("rates").toList("float"));
    m.run(torch("set_grad_enabled", Expr.FALSE));
    Expr h = m.let("h", Expr.method("hidden", attribute("flat"), ids));
    Expr w = m.let("w", draftHead);
    Expr above = m.let("above", TargetProgram.hidden(ids));
    Expr over = m.let("over", TargetProgram.head(target));
    Expr count = m.let("count", torch("len", inverses));
    m.let(
        "acc",
        torch(
            "zeros",
            list(count.times(of(EACH)).plus(of(FIRST))),
            named("dtype", ElementType.DOUBLE.code()),
            named("device", Expr.op("prim", "device", h))));
    LossRows.chunks(
        m,
        h,
        draft.lossRows(),
        (from, to) -> {
          Expr zt = m.let("zt", TargetProgram.logits(target, above.slice(0, from, to), over));
          Expr zd = m.let("zd", TargetProgram.logits(draft, h.slice(0, from, to), w));
          Expr column = m.let("column", torch("unsqueeze", targets.slice(0, from, to), of(1)));
          List<Expr> sums = new ArrayList<>();
          sums.add(m.let("lt", loss(zt, column)));
          sums.add(m.let("ld", loss(zd, column)));
          Expr same = torch("eq", torch("argmax", zt, of(1)), torch("argmax", zd, of(1)));
          sums.add(m.let("agree", torch("sum", same)));
          add(of(0), sums);
          // log(p / q) falls as the logits' difference does, at every temperature.
          Expr order = m.let("order", torch("argsort", torch("sub", zt, zd), of(1), Expr.TRUE));
          Expr st = m.let("st", torch("gather", zt, of(1), order));
          Expr sd = m.let("sd", torch("gather", zd, of(1), order));
          m.loop("n", count, n -> temperature(st, sd, inverses.at(n), n));
        });
    m.result(Expr.variable("acc"));
  }

  private static Expr loss(Expr logits, Expr column) {
    Expr log = torch("log_softmax", logits, of(1), Expr.NONE);
    return torch("neg", torch("sum", torch("gather", log, of(1), column)));
  }

  /** Logits in the order of falling p / q. */
  private void temperature(Expr zt, Expr zd, Expr inverse, Expr n) {
    Expr rate = m.let("rate", inverse);
    Expr p = m.let("p", torch("softmax", zt.times(rate), of(1), Expr.NONE));
    Expr q = m.let("q", torch("softmax", zd.times(rate), of(1), Expr.NONE));
    Expr overlap = m.let("overlap", torch("sum", torch("minimum", p, q), list(1)));
    Expr before = torch("sub", torch("cumsum", p, of(1)), p);
    Expr whole = torch("sum", q, list(1), Expr.TRUE);
    Expr from = torch("add", torch("sub", whole, torch("cumsum", q, of(1))), q);
    Expr below = torch("add", torch("clamp", before, of(0.0)).times(q), from.times(p));
    Expr both = torch("div", p.times(q), torch("clamp", below, of(SMALLEST)));
    Expr bound = torch("div", overlap, torch("rsub", overlap, of(2.0)));
    List<Expr> sums = new ArrayList<>();
    sums.add(torch("sum", overlap));
    sums.add(m.let("both", torch("sum", both)));
    sums.add(m.let("bound", torch("sum", bound)));
    add(n.times(of(EACH)).plus(of(FIRST)), sums);
  }

  private void add(Expr start, List<Expr> sums) {
    for (int i = 0; i < sums.size(); i++) {
      Expr place = Expr.variable("acc").slice(0, start.plus(of(i)), start.plus(of(i + 1)));
      m.run(torch("add_", place, sums.get(i)));
    }
  }
}
