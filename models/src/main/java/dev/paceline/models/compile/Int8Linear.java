package dev.paceline.models.compile;

import dev.paceline.models.safetensors.WeightTensor;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;

/**
 * For x86 CPUs without VNNI, see {@link PlaneLinear}: weights in 8 bits, activations in bfloat16,
 * float32 sums ({@code _weight_int8pack_mm}). Bitwise the same for any number of rows. Six layers
 * 3072x768, ms for 1 / 4 / 8 / 16 / 64 rows: 0.45 / 0.9 / 1.8 / 3.7 / 13.3; packed float32 takes
 * 1.6 / 1.5 / 1.8 / 2.8 / 8.9, so 8 bits pay for few rows and for memory, not for long prompts. The
 * head is in half precision.
 */
final class Int8Linear extends LinearLayers {
  private static final ElementType SCALES = ElementType.BFLOAT16;

  private final HalfHead half;

  Int8Linear(ProgramSpec spec, ScriptModule module) {
    super(spec, module);
    half = new HalfHead(module, spec.tied());
  }

  @Override
  void add(String name, WeightData weight, WeightTensor bias) {
    addMatrix(name, weight);
    WeightData vector = WeightData.vector(bias, weight.rows());
    module.tensor(name + "_b", ElementType.FLOAT, vector.as(ElementType.FLOAT), weight.rows());
  }

  @Override
  void addEmbedding(WeightTensor embedding) {
    half.addEmbedding(embedding);
  }

  @Override
  void addHead(WeightTensor head) {
    half.addHead(head);
  }

  @Override
  void prepare(Method prepare) {
    half.prepare(prepare);
    addActivation();
  }

  @Override
  Expr embed(Expr ids) {
    return half.embed(ids);
  }

  @Override
  Expr apply(String name, Expr input) {
    return multiply(input, name).to(ElementType.FLOAT).plus(bias(name));
  }

  @Override
  Expr head(Expr input) {
    return half.apply(input);
  }

  @Override
  ElementType outputs() {
    return ElementType.FLOAT;
  }

  private Expr multiply(Expr input, String name) {
    return Expr.torch("_weight_int8pack_mm", asInput(input), weight(name), scale(name));
  }

  private void addMatrix(String name, WeightData weight) {
    module.tensor(name + "_w", ElementType.INT8, weight.quantized(SCALES), weight.shape());
    module.tensor(name + "_s", SCALES, weight.scales(SCALES), weight.rows());
  }
}
