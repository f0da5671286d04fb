package dev.paceline.models.compile;

import dev.paceline.models.safetensors.WeightTensor;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;
import java.util.ArrayList;
import java.util.List;

/**
 * Weights in 8 bits, activations in 7 bits with one scale per call ({@code
 * quantized::linear_dynamic}, with reduced range because older CPUs overflow at 8). The weights are
 * packed at load and the originals freed.
 */
class DynamicLinear extends LinearLayers {
  private static final String PACKED = "packed";

  private final List<String> names = new ArrayList<>();
  private final Expr packed;

  DynamicLinear(ProgramSpec spec, ScriptModule module) {
    super(spec, module);
    packed = module.list(PACKED, "__torch__.torch.classes.quantized.LinearPackedParamsBase");
  }

  @Override
  void add(String name, WeightData weight, WeightTensor bias) {
    addMatrix(name, weight);
    WeightData vector = WeightData.vector(bias, weight.rows());
    module.tensor(name + "_b", ElementType.FLOAT, vector.as(ElementType.FLOAT), weight.rows());
    names.add(name);
  }

  @Override
  void addEmbedding(WeightTensor embedding) {
    addMatrix("wte", WeightData.plain(embedding));
  }

  @Override
  void addHead(WeightTensor head) {
    addMatrix("head", WeightData.plain(head));
  }

  @Override
  void prepare(Method prepare) {
    for (String name : names) {
      pack(prepare, weight(name), scale(name), bias(name));
      prepare.set(name + "_w", Expr.torch("empty", Expr.list(0)));
    }
    packHead(prepare, spec.tied() ? "wte" : "head");
  }

  /** Packs the matrix of that name as the head. */
  void packHead(Method prepare, String name) {
    pack(prepare, weight(name), scale(name), Expr.NONE);
  }

  @Override
  Expr embed(Expr ids) {
    Expr rows = Expr.torch("index_select", weight("wte"), Expr.of(0), ids).to(ElementType.FLOAT);
    Expr scales = Expr.torch("index_select", scale("wte"), Expr.of(0), ids);
    return rows.times(Expr.torch("unsqueeze", scales, Expr.of(1)));
  }

  @Override
  Expr apply(String name, Expr input) {
    return linear(input, names.indexOf(name));
  }

  @Override
  Expr head(Expr input) {
    return linear(input, names.size());
  }

  private Expr linear(Expr input, int index) {
    return Expr.op("quantized", "linear_dynamic", input, packed.at(index), Expr.TRUE);
  }

  final void pack(Method prepare, Expr weight, Expr scale, Expr bias) {
    Expr zeros = Expr.torch("zeros_like", scale, Expr.named("dtype", ElementType.INT64.code()));
    Expr scales = scale.to(ElementType.DOUBLE);
    Expr quantized =
        Expr.torch("_make_per_channel_quantized_tensor", weight, scales, zeros, Expr.of(0));
    prepare.append(packed, Expr.op("quantized", "linear_prepack", quantized, bias));
  }

  private void addMatrix(String name, WeightData weight) {
    ElementType scales = ElementType.FLOAT;
    module.tensor(name + "_w", ElementType.INT8, weight.quantized(scales), weight.shape());
    module.tensor(name + "_s", scales, weight.scales(scales), weight.rows());
  }
}
