package dev.paceline.models.compile;

import dev.paceline.models.safetensors.WeightTensor;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * oneDNN's linear layer on weights packed at load, float32 or bfloat16.
 *
 * <p>Measured on a 2-core EPYC (Zen 4), six layers 3072x768 in float32, ms for 1 / 8 / 64 rows:
 * {@code torch.linear} 4.9 / 6.0 / 13.9, this 1.6 / 1.8 / 8.9 (a sum over the weights takes 1.2 to
 * 1.8); bfloat16 1.5 / 2.0 / 5.7 and 0.5 / 1.1 / 4.6. Every row was bitwise the same for 1, 2 to 9,
 * 12, 16, 17, 24, 32, 48 and 64 rows, at all shapes tried; with {@code torch.linear} and {@code
 * mkl_linear} it was not. On a CPU without bfloat16 instructions (AVX-512 alone) this holds in
 * float32 only, and bfloat16 goes without this class.
 */
final class OneDnnLinear extends LinearLayers {
  private static final int HEAD_BLOCK = 64;

  private final List<String> names = new ArrayList<>();
  private final ElementType type;
  private final @Nullable HalfHead half;

  OneDnnLinear(ProgramSpec spec, ScriptModule module) {
    super(spec, module);
    this.type = spec.activations();
    this.half = type == ElementType.FLOAT ? null : new HalfHead(module, spec.tied());
  }

  @Override
  void add(String name, WeightData weight, WeightTensor bias) {
    module.tensor(name + "_w", type, weight.as(type), weight.shape());
    WeightData vector = WeightData.vector(bias, weight.rows());
    module.tensor(name + "_b", type, vector.as(type), weight.rows());
    names.add(name);
  }

  @Override
  void addEmbedding(WeightTensor embedding) {
    if (half != null) {
      half.addEmbedding(embedding);
      return;
    }
    WeightData weight = WeightData.plain(embedding);
    module.tensor("wte_w", type, weight.as(type), weight.shape());
    if (spec.tied()) {
      module.tensor("head_w");
    }
  }

  @Override
  void addHead(WeightTensor head) {
    if (half != null) {
      half.addHead(head);
      return;
    }
    WeightData weight = WeightData.plain(head);
    module.tensor("head_w", type, weight.as(type), weight.shape());
  }

  @Override
  void prepare(Method prepare) {
    for (String name : names) {
      prepare.set(name + "_w", packed(weight(name)));
    }
    if (half != null) {
      half.prepare(prepare);
      return;
    }
    // Whole blocks only: the float32 layer was seen wrong on a Zen 5 at widths that are none.
    long missing = Math.floorMod(-spec.config().vocabSize(), HEAD_BLOCK);
    Expr head = weight(spec.tied() ? "wte" : "head");
    Expr whole = Expr.torch("constant_pad_nd", head, Expr.list(0, 0, 0, missing), Expr.of(0));
    prepare.set("head_w", packed(whole));
  }

  @Override
  Expr embed(Expr ids) {
    return half != null ? half.embed(ids) : Expr.torch("embedding", weight("wte"), ids);
  }

  @Override
  Expr apply(String name, Expr input) {
    return linear(input, name, bias(name), "none", Expr.NONE);
  }

  @Override
  Expr applyActivated(Method body, String name, Expr input) {
    return linear(input, name, bias(name), "gelu", Expr.string(approximation()));
  }

  @Override
  Expr head(Expr input) {
    if (half != null) {
      return half.apply(input);
    }
    Expr logits = linear(input, "head", Expr.NONE, "none", Expr.NONE);
    return Expr.torch(
        "contiguous", logits.slice(1, Expr.of(0), Expr.of(spec.config().vocabSize())));
  }

  private Expr linear(Expr input, String name, Expr bias, String activation, Expr algorithm) {
    return Expr.op(
        "mkldnn",
        "_linear_pointwise",
        asInput(input),
        weight(name),
        bias,
        Expr.string(activation),
        Expr.emptyList("Optional[number]"),
        algorithm);
  }

  private static Expr packed(Expr weight) {
    return Expr.op("mkldnn", "_reorder_linear_weight", weight, Expr.NONE);
  }
}
