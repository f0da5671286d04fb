package dev.paceline.models.compile;

import static dev.paceline.models.torchscript.Expr.torch;

import dev.paceline.common.sampling.Race;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;

/**
 * {@link Race} as tensor operations. The integers are the same bit for bit; logarithms are
 * float32's. Methods: {@code race_constants} and {@code race_hash} (the integer part), {@code
 * threshold} (top-k and top-p of one row) and {@code pick}.
 */
final class RaceProgram {
  private static final long LOW_32 = 0xFFFFFFFFL;

  /** Logits sorted before a full sort is tried: almost always enough for top-p. */
  private static final int SORTED_FIRST = 512;

  private final ScriptModule module;
  private final int vocab;

  RaceProgram(ScriptModule module, int vocab) {
    this.module = module;
    this.vocab = vocab;
  }

  void add() {
    module.tensor("token_constants");
    addHash();
    addThreshold();
    addPick();
  }

  /** Sets the constants {@code A[token]}, [V]. */
  void prepare(Method m, Expr device) {
    Expr on = Expr.named("device", device);
    Expr z = m.let("z", torch("arange", Expr.of(1), Expr.of(vocab + 1L), on));
    z = m.let("z", torch("mul_", z, Expr.of(0x9E3779B97F4A7C15L)));
    z = m.let("z", torch("mul", xorShift(z, 30), Expr.of(0xBF58476D1CE4E5B9L)));
    z = m.let("z", torch("mul", xorShift(z, 27), Expr.of(0x94D049BB133111EBL)));
    m.set("token_constants", xorShift(z, 31));
  }

  /** {@code race_hash(keys [n, 1]) -> [n, V]}, 32 bits in int64. */
  private void addHash() {
    Method m = module.method("race_hash", "Tensor");
    Expr keys = m.parameter("keys");
    Expr h = m.let("h", torch("bitwise_xor", keys, Expr.attribute("token_constants")));
    h = m.let("h", torch("mul_", h, Expr.of(0xBF58476D1CE4E5B9L)));
    h = m.let("h", torch("bitwise_xor", h, high(h)));
    h = m.let("h", torch("mul_", h, Expr.of(0x94D049BB133111EBL)));
    m.result(high(h));
  }

  /**
   * {@code threshold(logits [1, V], temperature, topP, topK) -> [1, 1]}: the smallest logit that is
   * kept, ties included.
   */
  private void addThreshold() {
    Method m = module.method("threshold", "Tensor");
    Expr logits = m.parameter("logits");
    Expr temperature = m.parameter("temperature", "float");
    Expr topP = m.parameter("top_p", "float");
    Expr topK = m.parameter("top_k", "int");
    Expr row = m.let("row", torch("reshape", logits, Expr.list(-1)));
    Expr noLimit = torch("full_like", torch("amax", row), Expr.MINUS_INFINITY);
    m.either(
        torch("gt", topK, Expr.of(0)),
        () -> m.let("kth", torch("amin", top(row, least(topK, Expr.of(vocab))))),
        () -> m.let("kth", noLimit));
    m.let("result", variable("kth"));
    m.either(
        torch("lt", topP, Expr.of(1.0)), () -> addNucleus(m, row, temperature, topP), () -> {});
    m.result(torch("reshape", variable("result"), Expr.list(1, 1)));
  }

  /** Raises {@code result} to the smallest logit that top-p keeps among those from kth up. */
  private void addNucleus(Method m, Expr row, Expr temperature, Expr topP) {
    Expr keep = m.let("keep", torch("ge", row, variable("kth")));
    Expr kept = m.let("kept", torch("sum", keep).asInt());
    Expr values = m.let("values", row.to(ElementType.DOUBLE));
    Expr largest = m.let("largest", torch("amax", values));
    Expr weights = scaledExp(values, largest, temperature);
    Expr total = m.let("total", torch("sum", torch("where", keep, weights, Expr.of(0.0))));
    Expr first = m.let("first", least(kept, Expr.of(SORTED_FIRST)));
    addReach(m, row, largest, temperature, total, first);
    Expr reached = torch("ge", torch("select", variable("reach"), Expr.of(0), Expr.of(-1)), topP);
    Expr enough = torch("__or__", reached.asBool(), torch("eq", first, kept));
    m.either(enough, () -> {}, () -> addReach(m, row, largest, temperature, total, kept));
    Expr below = torch("sum", torch("lt", variable("reach"), topP));
    Expr sorted = variable("sorted");
    Expr last = torch("sub", torch("size", sorted, Expr.of(0)), Expr.of(1));
    Expr index = torch("reshape", torch("clamp_max", below, last), Expr.list(1));
    m.let("result", torch("index_select", sorted, Expr.of(0), index));
  }

  /** Sets {@code sorted}, the largest logits, and {@code reach}, their cumulative probability. */
  private static void addReach(
      Method m, Expr row, Expr largest, Expr temperature, Expr total, Expr count) {
    Expr sorted = m.let("sorted", top(row, count));
    Expr e = scaledExp(sorted.to(ElementType.DOUBLE), largest, temperature);
    m.let("reach", torch("cumsum", torch("div", e, total), Expr.of(0)));
  }

  /** The largest values, descending. */
  private static Expr top(Expr row, Expr count) {
    return torch("topk", row, count).first();
  }

  private static Expr least(Expr a, Expr b) {
    return Expr.op("prim", "min", a, b);
  }

  private static Expr scaledExp(Expr values, Expr largest, Expr temperature) {
    return torch("exp", torch("div", torch("sub", values, largest), temperature));
  }

  private static Expr variable(String name) {
    return Expr.variable(name);
  }

  /**
   * {@code pick(logits [n, V], keys [n, 1], temperature [n, 1], greedy bool [n, 1], threshold [n,
   * 1], samples, filters) -> float64 [n, 3]}: token, log-probability after temperature and filters
   * (before them for greedy rows), and by how much the winner's score beats the second.
   */
  private void addPick() {
    Method m = module.method("pick", "Tensor");
    Expr logits = m.parameter("logits");
    Expr keys = m.parameter("keys");
    Expr temperature = m.parameter("temperature");
    Expr greedy = m.parameter("greedy");
    Expr threshold = m.parameter("threshold");
    Expr samples = m.parameter("samples", "bool");
    Expr filters = m.parameter("filters", "bool");
    m.let("x", logits);
    m.let("score", logits);
    m.either(
        samples,
        () -> {
          Expr x = m.let("x", torch("div", logits, temperature));
          m.either(
              filters,
              () ->
                  m.let(
                      "x",
                      torch("masked_fill", x, torch("lt", logits, threshold), Expr.MINUS_INFINITY)),
              () -> {});
          Expr gumbel = gumbel(m, keys);
          m.let("score", torch("where", greedy, variable("x"), variable("x").plus(gumbel)));
        },
        () -> {});
    Expr score = variable("score");
    Expr best = m.let("best", torch("argmax", score, Expr.of(1), Expr.TRUE));
    Expr winner = torch("gather", score, Expr.of(1), best);
    Expr others = torch("scatter", score, Expr.of(1), best, Expr.MINUS_INFINITY);
    Expr second = torch("amax", others, Expr.list(1), Expr.TRUE);
    Expr margin = m.let("margin", torch("sub", winner, second));
    Expr chosen = torch("gather", variable("x"), Expr.of(1), best);
    Expr normalizer = torch("logsumexp", variable("x"), Expr.list(1), Expr.TRUE);
    Expr logProbability = m.let("log_probability", torch("sub", chosen, normalizer));
    ElementType type = ElementType.DOUBLE;
    Expr columns = Expr.list(best.to(type), logProbability.to(type), margin.to(type));
    m.result(torch("cat", columns, Expr.of(1)));
  }

  /** Adds the statements for what the race adds to every scaled logit, [n, V]. */
  Expr gumbel(Method m, Expr keys) {
    Expr h = m.let("h", Expr.method("race_hash", keys).to(ElementType.FLOAT));
    Expr v = torch("mul_", torch("add_", h, Expr.of(0.5)), Expr.of(0x1p-32));
    Expr e = torch("log1p_", torch("neg_", torch("clamp_max_", v, Expr.of(1 - 0x1p-24))));
    return m.let("gumbel", torch("neg_", torch("log_", torch("neg_", e))));
  }

  /**
   * {@code z ^ (z >>> n)}; the shift of a tensor is arithmetic, so the sign's copies are masked.
   */
  private static Expr xorShift(Expr z, int n) {
    Expr logical =
        torch("bitwise_and", torch("__rshift__", z, Expr.of(n)), Expr.of((1L << (64 - n)) - 1));
    return torch("bitwise_xor", z, logical);
  }

  private static Expr high(Expr h) {
    return torch("bitwise_and", torch("__rshift__", h, Expr.of(32)), Expr.of(LOW_32));
  }
}
