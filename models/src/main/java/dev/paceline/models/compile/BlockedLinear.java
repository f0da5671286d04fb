package dev.paceline.models.compile;

import dev.paceline.models.safetensors.WeightTensor;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;

/**
 * {@code torch.linear} on exactly {@link Backend#rowBlock()} rows at a time, so that the library
 * always picks the same kernel. The caller pads the rows. The head is float32 in every precision,
 * because GPT-2's logits are too large for 16 bits.
 */
final class BlockedLinear extends LinearLayers {
  private final ElementType type;

  BlockedLinear(ProgramSpec spec, ScriptModule module) {
    super(spec, module);
    this.type = spec.activations();
  }

  @Override
  void add(String name, WeightData weight, WeightTensor bias) {
    module.tensor(name + "_w", type, weight.as(type), weight.shape());
    WeightData vector = WeightData.vector(bias, weight.rows());
    module.tensor(name + "_b", type, vector.as(type), weight.rows());
  }

  @Override
  void addEmbedding(WeightTensor embedding) {
    WeightData weight = WeightData.plain(embedding);
    module.tensor("wte_w", ElementType.FLOAT, weight.as(ElementType.FLOAT), weight.shape());
  }

  @Override
  void addHead(WeightTensor head) {
    WeightData weight = WeightData.plain(head);
    module.tensor("head_w", ElementType.FLOAT, weight.as(ElementType.FLOAT), weight.shape());
  }

  @Override
  void prepare(Method prepare) {
    Method m = module.method("blocks", "Tensor");
    Expr x = m.parameter("x");
    Expr w = m.parameter("w");
    Expr b = m.parameter("b", "Optional[Tensor]");
    Expr rows = Expr.of(spec.rowBlock());
    Expr count = m.let("count", Expr.torch("floordiv", Expr.torch("size", x, Expr.of(0)), rows));
    m.let("out", x);
    m.either(
        Expr.torch("eq", count, Expr.of(1)),
        () -> m.let("out", Expr.torch("linear", x, w, b)),
        () -> {
          Expr parts = m.let("parts", Expr.emptyList("Tensor"));
          m.loop(
              "i",
              count,
              i -> {
                Expr from = i.times(rows);
                m.append(parts, Expr.torch("linear", x.slice(0, from, from.plus(rows)), w, b));
              });
          m.let("out", Expr.torch("cat", parts, Expr.of(0)));
        });
    m.result(Expr.variable("out"));
    addActivation();
  }

  @Override
  Expr embed(Expr ids) {
    return Expr.torch("embedding", weight("wte"), ids);
  }

  @Override
  Expr apply(String name, Expr input) {
    return Expr.method("blocks", asInput(input), weight(name), bias(name));
  }

  @Override
  Expr head(Expr input) {
    return Expr.method("blocks", input, weight(spec.tied() ? "wte" : "head"), Expr.NONE);
  }
}
