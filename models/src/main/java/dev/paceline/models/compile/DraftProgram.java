package dev.paceline.models.compile;

import static dev.paceline.models.torchscript.Expr.torch;

import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.safetensors.WeightTensor;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;

/**
 * GPT-2 as a TorchScript module that only drafts: one sequence, 8-bit weights, and several drafts
 * in one native call. Methods for Java:
 *
 * <ul>
 *   <li>{@code prepare()}: packs the weights; once after loading;
 *   <li>{@code make_cache([capacity])}: allocates keys and values;
 *   <li>{@code forward(call) -> float64 [n, 2]}: feeds ids and drafts, see {@link DraftLayout}; a
 *       row is a token and its log-probability;
 *   <li>{@code draft_logits(call) -> float32 [S]}: feeds ids and gives the logits of the next one.
 * </ul>
 *
 * <p>Beside {@link Gpt2Program} it leaves out what serves many sequences and exactness (blocks,
 * gathers, margins), because a small draft's time is the number of operations and not the weights:
 * each takes 2 to 5 µs. A layer's keys and values are one tensor [2, H, capacity, D/H], of which
 * attention sees the used part only; rolling back is starting at a smaller position.
 */
final class DraftProgram {
  private static final Expr ZERO = Expr.of(0);

  private final ProgramSpec spec;
  private final Gpt2Config config;
  private final Gpt2Checkpoint checkpoint;
  private final Shortlist shortlist;
  private final ScriptModule module = new ScriptModule();
  private final LinearLayers linear;
  private final RaceProgram race;

  private DraftProgram(ProgramSpec spec, Gpt2Checkpoint checkpoint, Shortlist shortlist) {
    this.spec = spec;
    this.config = spec.config();
    this.checkpoint = checkpoint;
    this.shortlist = shortlist;
    this.linear = new ShortlistLinear(spec, module, shortlist);
    this.race = new RaceProgram(module, config.vocabSize());
  }

  /**
   * Generates the program; the weights are read when it is written.
   *
   * @param spec with {@link Precision#INT8_DYNAMIC}
   */
  static ScriptModule of(ProgramSpec spec, Gpt2Checkpoint checkpoint, Shortlist shortlist) {
    if (spec.precision() != Precision.INT8_DYNAMIC) {
      throw new IllegalArgumentException("no draft program for " + spec.precision());
    }
    return new DraftProgram(spec, checkpoint, shortlist).build();
  }

  private ScriptModule build() {
    addWeights();
    module.list("cache", "Tensor");
    race.add();
    addPrepare();
    addMakeCache();
    addHidden();
    addPick();
    addForward();
    addLogits();
    return module;
  }

  private void addWeights() {
    linear.addEmbedding(checkpoint.tensor("wte.weight"));
    if (!spec.tied()) {
      linear.addHead(checkpoint.tensor("lm_head.weight"));
    }
    int d = config.width();
    addFloats("wpe.weight", "wpe", config.contextLength(), d);
    int inner = spec.innerWidth();
    for (int n = 0; n < config.layers(); n++) {
      String from = "h." + n + ".";
      String to = "h" + n + "_";
      addNorm(from + "ln_1", to + "ln1");
      addLinear(from + "attn.c_attn", to + "qkv", 3 * d, d);
      addLinear(from + "attn.c_proj", to + "out", d, d);
      addNorm(from + "ln_2", to + "ln2");
      addLinear(from + "mlp.c_fc", to + "up", inner, d);
      addLinear(from + "mlp.c_proj", to + "down", d, inner);
    }
    addNorm("ln_f", "lnf");
  }

  private void addLinear(String from, String to, int out, int in) {
    WeightData weight = WeightData.transposed(checkpoint.tensor(from + ".weight"), out, in);
    linear.add(to, weight, checkpoint.tensor(from + ".bias"));
  }

  private void addNorm(String from, String to) {
    addFloats(from + ".weight", to + "_w", config.width());
    addFloats(from + ".bias", to + "_b", config.width());
  }

  private void addFloats(String from, String to, long... shape) {
    WeightTensor tensor = checkpoint.tensor(from);
    module.tensor(to, ElementType.FLOAT, WeightData.plain(tensor).as(ElementType.FLOAT), shape);
  }

  private void addPrepare() {
    Method m = module.method("prepare", "Tensor");
    Expr x = m.parameter("x");
    linear.prepare(m);
    race.prepare(m, Expr.op("prim", "device", Expr.attribute("wpe")));
    if (shortlist.shortens(config)) {
      Expr constants = Expr.attribute("token_constants");
      m.set("token_constants", torch("index_select", constants, ZERO, Expr.attribute("shortlist")));
    }
    m.result(x);
  }

  private void addMakeCache() {
    Method m = module.method("make_cache", "Tensor");
    Expr sizes = m.parameter("sizes");
    Expr capacity = m.let("capacity", sizes.toList("int")).at(0);
    Expr shape =
        Expr.list(Expr.of(2), Expr.of(config.heads()), capacity, Expr.of(config.headWidth()));
    m.loop(
        "i",
        Expr.of(config.layers()),
        i -> m.append(Expr.attribute("cache"), torch("zeros", shape)));
    m.result(sizes);
  }

  /** {@code hidden(ids [R], start) -> [1, D]}: the last row, after the last norm. */
  private void addHidden() {
    Method m = module.method("hidden", "Tensor");
    Expr ids = m.parameter("ids");
    Expr start = m.parameter("start", "int");
    Expr rows = m.let("rows", torch("size", ids, ZERO));
    Expr end = m.let("end", start.plus(rows));
    Expr masks = m.let("masks", Expr.emptyList("Optional[Tensor]"));
    m.either(
        torch("eq", rows, Expr.of(1)),
        () -> m.append(masks, Expr.NONE),
        () -> {
          Expr last = torch("unsqueeze", torch("arange", start, end), Expr.of(1));
          Expr later = torch("gt", torch("unsqueeze", torch("arange", end), ZERO), last);
          Expr zeros = torch("zeros", Expr.list(rows, end));
          m.append(masks, torch("masked_fill", zeros, later, Expr.MINUS_INFINITY));
        });
    m.let("mask", masks.at(0));
    Expr positions = Expr.attribute("wpe").slice(0, start, end);
    m.let("x", linear.embed(ids).plus(positions));
    for (int n = 0; n < config.layers(); n++) {
      addLayer(m, n, rows, start, end);
    }
    m.result(norm(Expr.variable("x").slice(0, rows.plus(Expr.of(-1)), rows), "lnf"));
  }

  private void addLayer(Method m, int n, Expr rows, Expr start, Expr end) {
    String h = "h" + n + "_";
    Expr d = Expr.of(config.width());
    Expr row = Expr.of(3L * config.width());
    Expr heads = Expr.of(config.heads());
    Expr head = Expr.of(config.headWidth());
    Expr one = Expr.of(1);
    Expr two = Expr.of(2);
    Expr x = Expr.variable("x");
    Expr qkv = m.let("qkv", linear.apply(h + "qkv", norm(x, h + "ln1")));
    Expr cache = m.let("layer_cache", Expr.attribute("cache").at(n));
    Expr perHead = m.let("per_head", torch("size", cache, two).times(head));
    Expr all = m.let("all_heads", perHead.times(heads));
    Expr made =
        torch(
            "as_strided", qkv, Expr.list(two, heads, rows, head), Expr.list(d, head, row, one), d);
    Expr place =
        torch(
            "as_strided",
            cache,
            Expr.list(two, heads, rows, head),
            Expr.list(all, perHead, head, one),
            start.times(head));
    m.run(torch("copy_", place, made));
    Expr seen = Expr.list(one, heads, end, head);
    Expr strides = Expr.list(all, perHead, head, one);
    Expr k = torch("as_strided", cache, seen, strides, ZERO);
    Expr v = torch("as_strided", cache, seen, strides, all);
    Expr q =
        torch(
            "as_strided",
            qkv,
            Expr.list(one, heads, rows, head),
            Expr.list(row, head, row, one),
            ZERO);
    Expr scale = Expr.named("scale", Expr.of(scale(n)));
    Expr out =
        torch(
            "scaled_dot_product_attention",
            q,
            k,
            v,
            Expr.variable("mask"),
            Expr.of(0.0),
            Expr.FALSE,
            scale);
    Expr attended = torch("reshape", torch("transpose", out, one, two), Expr.list(rows, d));
    m.let("x", x.plus(linear.apply(h + "out", attended)));
    Expr up = linear.gelu(linear.apply(h + "up", norm(x, h + "ln2")));
    m.let("x", x.plus(linear.apply(h + "down", up)));
  }

  private double scale(int layer) {
    double scale = config.scaleAttention() ? 1 / Math.sqrt(config.headWidth()) : 1;
    return config.scaleByInverseLayer() ? scale / (layer + 1) : scale;
  }

  private Expr norm(Expr x, String name) {
    Expr weight = Expr.attribute(name + "_w");
    Expr bias = Expr.attribute(name + "_b");
    Expr epsilon = Expr.of((double) config.layerNormEpsilon());
    return torch("layer_norm", x, Expr.list(config.width()), weight, bias, epsilon);
  }

  /**
   * {@code draft_pick(logits [1, S], key [1, 1], greedy, temperature, topP, topK) -> [1, 2]}: the
   * row of the winner and its log-probability, by the race of {@link RaceProgram}.
   */
  private void addPick() {
    Method m = module.method("draft_pick", "Tensor");
    Expr logits = m.parameter("logits");
    Expr key = m.parameter("key");
    Expr greedy = m.parameter("greedy", "bool");
    Expr temperature = m.parameter("temperature", "float");
    Expr topP = m.parameter("top_p", "float");
    Expr topK = m.parameter("top_k", "int");
    m.let("x", logits);
    m.let("score", logits);
    m.either(
        greedy,
        () -> {},
        () -> {
          m.let("x", torch("div", logits, temperature));
          Expr filters = torch("__or__", torch("lt", topP, Expr.of(1.0)), torch("gt", topK, ZERO));
          m.either(
              filters,
              () -> {
                Expr least = Expr.method("threshold", logits, temperature, topP, topK);
                Expr below = torch("lt", logits, least);
                m.let("x", torch("masked_fill", Expr.variable("x"), below, Expr.MINUS_INFINITY));
              },
              () -> {});
          m.let("score", Expr.variable("x").plus(race.gumbel(m, key)));
        });
    Expr x = Expr.variable("x");
    Expr best = m.let("best", torch("argmax", Expr.variable("score"), Expr.of(1), Expr.TRUE));
    Expr chosen = torch("gather", x, Expr.of(1), best);
    Expr logProbability = torch("sub", chosen, torch("logsumexp", x, Expr.list(1), Expr.TRUE));
    Expr columns = Expr.list(best.to(ElementType.DOUBLE), logProbability.to(ElementType.DOUBLE));
    m.result(torch("cat", columns, Expr.of(1)));
  }

  private void addForward() {
    Method m = module.method("forward", "Tensor");
    Expr call = m.parameter("call");
    Expr table = m.let("table", call.toList("int"));
    Expr rows = table.at(DraftLayout.ROWS);
    Expr from = m.let("keys_at", rows.plus(Expr.of(DraftLayout.HEADER)));
    Expr fixed = call.slice(0, ZERO, Expr.of(DraftLayout.HEADER)).to(ElementType.DOUBLE);
    Expr values = m.let("values", fixed.times(Expr.of(1 / StepLayout.FIXED_POINT)).toList("float"));
    Expr greedy = m.let("greedy", torch("ne", table.at(DraftLayout.GREEDY), ZERO));
    Expr temperature = values.at(DraftLayout.TEMPERATURE);
    Expr topP = values.at(DraftLayout.TOP_P);
    Expr topK = table.at(DraftLayout.TOP_K);
    m.let("at_position", table.at(DraftLayout.START));
    m.let("ids", call.slice(0, Expr.of(DraftLayout.HEADER), from));
    m.let("going", Expr.TRUE);
    m.let("chance", Expr.of(0.0));
    Expr limit = m.let("limit", torch("neg", values.at(DraftLayout.STOP_BELOW)));
    Expr drafts = m.let("drafts", Expr.emptyList("Tensor"));
    m.loop(
        "i",
        table.at(DraftLayout.DRAFTS),
        i ->
            m.either(
                Expr.variable("going"),
                () -> {
                  Expr ids = Expr.variable("ids");
                  Expr position = Expr.variable("at_position");
                  Expr hidden = Expr.method("hidden", ids, position);
                  Expr logits = m.let("logits", linear.head(hidden));
                  Expr at = from.plus(i);
                  Expr key = call.slice(0, at, at.plus(Expr.of(1)));
                  Expr picked =
                      Expr.method("draft_pick", logits, key, greedy, temperature, topP, topK);
                  Expr pick = m.let("picked", picked);
                  Expr row = pick.slice(1, ZERO, Expr.of(1));
                  Expr index = torch("reshape", row, Expr.list(1)).to(ElementType.INT64);
                  m.let("at_position", position.plus(torch("size", ids, ZERO)));
                  m.let("ids", idOf(index));
                  Expr likely =
                      torch("select", torch("select", pick, ZERO, ZERO), ZERO, Expr.of(1));
                  m.append(
                      drafts,
                      torch(
                          "cat",
                          Expr.list(
                              torch("unsqueeze", Expr.variable("ids").to(ElementType.DOUBLE), ZERO),
                              pick.slice(1, Expr.of(1), Expr.of(2))),
                          Expr.of(1)));
                  m.let("chance", torch("add", Expr.variable("chance"), likely.asFloat()));
                  m.let("going", torch("ge", Expr.variable("chance"), limit));
                },
                () -> {}));
    m.result(torch("cat", drafts, ZERO));
  }

  private void addLogits() {
    Method m = module.method("draft_logits", "Tensor");
    Expr call = m.parameter("call");
    Expr table = m.let("table", call.toList("int"));
    Expr header = Expr.of(DraftLayout.HEADER);
    Expr to = m.let("ids_to", table.at(DraftLayout.ROWS).plus(header));
    Expr ids = m.let("ids", call.slice(0, header, to));
    Expr hidden = Expr.method("hidden", ids, table.at(DraftLayout.START));
    m.result(torch("reshape", linear.head(hidden), Expr.list(-1)).to(ElementType.FLOAT));
  }

  private Expr idOf(Expr row) {
    return shortlist.shortens(config)
        ? torch("index_select", Expr.attribute("shortlist"), ZERO, row)
        : row;
  }
}
