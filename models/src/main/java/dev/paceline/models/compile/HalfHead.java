package dev.paceline.models.compile;

import dev.paceline.models.safetensors.WeightTensor;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;

/**
 * Embedding and head in IEEE half with float32 activations and results (FBGEMM), for the precisions
 * whose own kernels would round the logits to bfloat16: GPT-2's logits lie near -100, where
 * neighbours in bfloat16 are 0.5 apart. Bitwise the same for any number of rows; 50257x768 takes
 * 2.5 ms for one row and 7 ms for eight.
 */
final class HalfHead {
  private final ScriptModule module;
  private final boolean tied;
  private final Expr packed;

  HalfHead(ScriptModule module, boolean tied) {
    this.module = module;
    this.tied = tied;
    this.packed =
        module.list("packed_head", "__torch__.torch.classes.quantized.LinearPackedParamsBase");
  }

  void addEmbedding(WeightTensor embedding) {
    add("wte_w", embedding);
  }

  void addHead(WeightTensor head) {
    add("head_w", head);
  }

  void prepare(Method prepare) {
    Expr weight = Expr.attribute(tied ? "wte_w" : "head_w").to(ElementType.FLOAT);
    prepare.append(packed, Expr.op("quantized", "linear_prepack_fp16", weight, Expr.NONE));
    if (!tied) {
      prepare.set("head_w", Expr.torch("empty", Expr.list(0)));
    }
  }

  Expr embed(Expr ids) {
    return Expr.torch("embedding", Expr.attribute("wte_w"), ids).to(ElementType.FLOAT);
  }

  Expr apply(Expr input) {
    return Expr.op("quantized", "linear_dynamic_fp16", input, packed.at(0));
  }

  private void add(String name, WeightTensor tensor) {
    WeightData weight = WeightData.plain(tensor);
    module.tensor(name, ElementType.HALF, weight.as(ElementType.HALF), weight.shape());
  }
}
