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
 * GPT-2 as a TorchScript module. Methods for Java:
 *
 * <ul>
 *   <li>{@code prepare()}: packs the weights; once after loading;
 *   <li>{@code make_cache([slots, capacity])}: allocates keys and values;
 *   <li>{@code forward(step) -> float64 [P, 3]}: one step over several sequences, see {@link
 *       StepLayout} and {@link RaceProgram};
 *   <li>{@code judged(step) -> float32 [3P + WV]}: the same, and after it the logits of the wanted
 *       rows;
 *   <li>{@code logits(step) -> float32 [P, V]}: the same, but the logits themselves;
 *   <li>{@code race_hash(keys)}: for tests.
 * </ul>
 *
 * <p>A layer's keys and values are one tensor [slots, 2H, capacity, D/H]: first the keys of all
 * heads, then the values. The residual stream and layer norms are float32.
 */
public final class Gpt2Program {
  private static final Expr DEVICE = Expr.op("prim", "device", Expr.attribute("wpe"));

  private final ProgramSpec spec;
  private final Gpt2Config config;
  private final Gpt2Checkpoint checkpoint;
  private final ScriptModule module = new ScriptModule();
  private final LinearLayers linear;
  private final RaceProgram race;

  private Gpt2Program(ProgramSpec spec, Gpt2Checkpoint checkpoint) {
    this.spec = spec;
    this.config = spec.config();
    this.checkpoint = checkpoint;
    this.linear = LinearLayers.of(spec, module);
    this.race = new RaceProgram(module, config.vocabSize());
  }

  /** Generates the program; the weights are read when it is written. */
  public static ScriptModule of(ProgramSpec spec, Gpt2Checkpoint checkpoint) {
    return new Gpt2Program(spec, checkpoint).build();
  }

  private ScriptModule build() {
    addWeights();
    module.list("cache", "Tensor");
    module.tensor("cache_rows");
    module.tensor("cache_size");
    race.add();
    new PicksProgram(spec, module).add(DEVICE);
    addPrepare();
    addMakeCache();
    addHidden();
    addForward();
    addJudged();
    addLogits();
    return module;
  }

  private void addWeights() {
    linear.addEmbedding(checkpoint.tensor("wte.weight"));
    if (!spec.tied()) {
      linear.addHead(checkpoint.tensor("lm_head.weight"));
    }
    WeightTensor positions = checkpoint.tensor("wpe.weight");
    module.tensor(
        "wpe",
        ElementType.FLOAT,
        WeightData.plain(positions).as(ElementType.FLOAT),
        config.contextLength(),
        config.width());
    int d = config.width();
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
    addVector(from + ".weight", to + "_w");
    addVector(from + ".bias", to + "_b");
  }

  private void addVector(String from, String to) {
    WeightData data = WeightData.plain(checkpoint.tensor(from));
    module.tensor(to, ElementType.FLOAT, data.as(ElementType.FLOAT), config.width());
  }

  private void addPrepare() {
    Method m = module.method("prepare", "Tensor");
    Expr x = m.parameter("x");
    linear.prepare(m);
    race.prepare(m, DEVICE);
    m.result(x);
  }

  private void addMakeCache() {
    Method m = module.method("make_cache", "Tensor");
    Expr sizes = m.parameter("sizes");
    Expr list = m.let("list", sizes.toList("int"));
    Expr slots = list.at(0);
    Expr capacity = list.at(1);
    Expr rows = m.let("rows", slots.times(capacity).times(Expr.of(2L * config.heads())));
    Expr shape = Expr.list(rows, Expr.of(config.headWidth()));
    Expr type = Expr.named("dtype", spec.cache().code());
    Expr on = Expr.named("device", DEVICE);
    m.loop(
        "i",
        Expr.of(config.layers()),
        i -> m.append(Expr.attribute("cache"), torch("zeros", shape, type, on)));
    Expr heads = torch("arange", Expr.of(2L * config.heads()), on);
    m.set("cache_rows", torch("unsqueeze", torch("mul", heads, capacity), Expr.of(0)));
    // The tensor that Java passed in shares memory with a buffer that Java frees.
    m.set("cache_size", torch("clone", sizes));
    m.result(sizes);
  }

  /** {@code hidden(step, table) -> [P', D]}: the rows to pick from, after the last norm. */
  private void addHidden() {
    Method m = module.method("hidden", "Tensor");
    Expr step = m.parameter("step");
    Expr table = m.parameter("table", "List[int]");
    Expr capacity = m.let("capacity", torch("select", size(), Expr.of(0), Expr.of(1)).asInt());
    Expr rows = m.let("rows", table.at(StepLayout.ROWS));
    Expr real = m.let("real", table.at(StepLayout.REAL_ROWS));
    Expr blocks = m.let("blocks_count", table.at(StepLayout.BLOCKS));
    Sections sections = new Sections(m, m.let("on_device", onDevice(step)));
    Expr ids = sections.next("ids", rows);
    Expr positions = sections.next("positions", rows);
    Expr targets = sections.next("targets", real);
    Expr zero = Expr.of(0);
    Expr gather =
        sections.next("gather", spec.exact() ? blocks.times(Expr.of(StepLayout.BLOCK)) : zero);
    Expr scatter = sections.next("scatter", spec.exact() ? rows : zero);
    Expr starts = sections.next("starts", blocks);
    Expr groups = m.let("group_count", table.at(StepLayout.GROUPS));
    Expr fields = sections.skip("fields", groups.times(Expr.of(StepLayout.GROUP_FIELDS)));
    Expr picks = sections.next("picks", table.at(StepLayout.PICK_ROWS));

    AttentionProgram attention = new AttentionProgram(spec, table, blocks, groups, fields);
    attention.begin(m, starts, gather, scatter, DEVICE);
    Expr heads = torch("unsqueeze", targets, Expr.of(1)).plus(Expr.attribute("cache_rows"));
    Expr places = m.let("places", torch("reshape", heads, Expr.list(-1)));
    Expr position = torch("embedding", Expr.attribute("wpe"), positions);
    m.let("x", linear.embed(ids).plus(position));
    for (int n = 0; n < config.layers(); n++) {
      addLayer(m, n, attention, capacity, real, places);
    }
    Expr chosen = torch("index_select", Expr.variable("x"), zero, picks);
    m.result(norm(chosen, "lnf"));
  }

  private void addLayer(
      Method m, int n, AttentionProgram attention, Expr capacity, Expr real, Expr places) {
    String h = "h" + n + "_";
    int d = config.width();
    Expr x = Expr.variable("x");
    Expr projected = linear.apply(h + "qkv", m.let("a", norm(x, h + "ln1")));
    if (linear.outputs() != spec.cache()) {
      projected = projected.to(spec.cache());
    }
    Expr qkv = m.let("qkv", projected);
    Expr cache = m.let("layer_cache", Expr.attribute("cache").at(n));
    Expr keysAndValues = qkv.slice(1, Expr.of(d), Expr.of(3L * d));
    if (spec.padsRows()) {
      keysAndValues = keysAndValues.slice(0, Expr.of(0), real);
    }
    Expr perHead = torch("reshape", keysAndValues, Expr.list(-1, config.headWidth()));
    m.run(torch("index_copy_", cache, Expr.of(0), places, perHead));
    Expr attended = attention.layer(m, n, qkv, cache, capacity);
    m.let("x", x.plus(linear.asFloat(linear.apply(h + "out", attended))));
    Expr up = m.let("u", linear.applyActivated(m, h + "up", m.let("a", norm(x, h + "ln2"))));
    m.let("x", x.plus(linear.asFloat(linear.apply(h + "down", up))));
  }

  private void addForward() {
    Method m = module.method("forward", "Tensor");
    Expr step = m.parameter("step");
    Expr table = m.let("table", step.toList("int"));
    Expr hidden = m.let("hidden_rows", Expr.method("hidden", step, table));
    Expr count = m.let("count", table.at(StepLayout.PICKS));
    Expr type = Expr.named("dtype", ElementType.DOUBLE.code());
    m.let("out", torch("empty", Expr.list(0, 3), type));
    m.either(
        torch("gt", count, Expr.of(0)),
        () -> {
          Expr logits = m.let("scores", linear.head(hidden));
          Expr flags = table.at(StepLayout.FLAGS);
          m.let("out", Expr.method("picks", step, onDevice(step), logits, count, flags));
        },
        () -> {});
    m.result(Expr.variable("out"));
  }

  private void addJudged() {
    Method m = module.method("judged", "Tensor");
    Expr step = m.parameter("step");
    Expr table = m.let("table", step.toList("int"));
    Expr hidden = m.let("hidden_rows", Expr.method("hidden", step, table));
    Expr count = m.let("count", table.at(StepLayout.PICKS));
    Expr scores = m.let("scores", linear.head(hidden));
    Expr numbers = m.let("numbers", onDevice(step));
    Expr picks = Expr.method("picks", step, numbers, scores, count, table.at(StepLayout.FLAGS));
    Expr flat = m.let("flat", torch("reshape", picks, Expr.list(-1)).to(ElementType.FLOAT));
    Expr samplingAt =
        m.let(
            "sampling_at", torch("sub", torch("size", step, Expr.of(0)), count.times(Expr.of(5))));
    Expr wantedAt = m.let("wanted_at", torch("sub", samplingAt, table.at(StepLayout.WANTED)));
    Expr wanted = numbers.slice(0, wantedAt, samplingAt);
    Expr rows = torch("index_select", scores, Expr.of(0), wanted).to(ElementType.FLOAT);
    Expr logits = m.let("wanted_logits", torch("cpu", torch("reshape", rows, Expr.list(-1))));
    m.result(torch("cat", Expr.list(flat, logits), Expr.of(0)));
  }

  private void addLogits() {
    Method m = module.method("logits", "Tensor");
    Expr step = m.parameter("step");
    Expr table = m.let("table", step.toList("int"));
    Expr hidden = m.let("hidden_rows", Expr.method("hidden", step, table));
    Expr rows = linear.head(hidden).slice(0, Expr.of(0), table.at(StepLayout.PICKS));
    m.result(torch("cpu", rows));
  }

  private Expr norm(Expr x, String name) {
    Expr shape = Expr.list(config.width());
    Expr epsilon = Expr.of((double) config.layerNormEpsilon());
    return torch(
        "layer_norm", x, shape, Expr.attribute(name + "_w"), Expr.attribute(name + "_b"), epsilon);
  }

  private Expr onDevice(Expr step) {
    boolean gpu = spec.backend() == Backend.CUDA;
    return gpu ? torch("to", step, DEVICE, ElementType.INT64.code()) : step;
  }

  private static Expr size() {
    return Expr.attribute("cache_size");
  }

  /** The sections of a step, one after another. */
  private static final class Sections {
    private final Method m;
    private final Expr step;
    private Expr at = Expr.of(StepLayout.HEADER);

    Sections(Method m, Expr step) {
      this.m = m;
      this.step = step;
    }

    Expr next(String name, Expr length) {
      Expr from = at;
      at = m.let(name + "_end", from.plus(length));
      return m.let(name, step.slice(0, from, at));
    }

    /** Steps over a section and returns where it begins. */
    Expr skip(String name, Expr length) {
      Expr from = at;
      at = m.let(name + "_end", from.plus(length));
      return from;
    }
  }
}
