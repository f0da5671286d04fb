package dev.paceline.models.compile;

import dev.paceline.models.gpt2.Activation;
import dev.paceline.models.safetensors.WeightTensor;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;

/**
 * The linear layers of one program: how their weights are stored, what happens to them when the
 * program is loaded, and the expression that applies one. {@code name} is the attribute's prefix.
 */
abstract class LinearLayers {
  final ProgramSpec spec;
  final ScriptModule module;

  LinearLayers(ProgramSpec spec, ScriptModule module) {
    this.spec = spec;
    this.module = module;
  }

  static LinearLayers of(ProgramSpec spec, ScriptModule module) {
    return switch (spec.precision()) {
      case INT8 -> CpuFlags.vnni() ? new PlaneLinear(spec, module) : new Int8Linear(spec, module);
      case INT8_DYNAMIC -> new DynamicLinear(spec, module);
      default ->
          spec.backend() == Backend.ONEDNN
              ? new OneDnnLinear(spec, module)
              : new BlockedLinear(spec, module);
    };
  }

  /** Adds a layer of the checkpoint, [in, out], with its bias. */
  abstract void add(String name, WeightData weight, WeightTensor bias);

  /** Adds the embedding [V, D], and the head where it is tied. */
  abstract void addEmbedding(WeightTensor embedding);

  /** Adds a head of its own, [V, D]. */
  abstract void addHead(WeightTensor head);

  /** Adds helper methods and completes {@code prepare}, which runs once after loading. */
  abstract void prepare(Method prepare);

  /** Rows of the embedding, float32 [R, D]. */
  abstract Expr embed(Expr ids);

  /** Applies a layer; the result has {@link #outputs()}. */
  abstract Expr apply(String name, Expr input);

  /** Applies the head to float32 rows; float32 logits [R, V]. */
  abstract Expr head(Expr input);

  /** Applies a layer and the activation. */
  Expr applyActivated(Method body, String name, Expr input) {
    Expr out = body.let(name + "_out", asFloat(apply(name, input)));
    return spec.exact() && spec.backend() != Backend.CUDA
        ? Expr.method("activation", out)
        : gelu(out);
  }

  /** Type of what {@link #apply} returns. */
  ElementType outputs() {
    return spec.activations();
  }

  final Expr asFloat(Expr value) {
    return outputs() == ElementType.FLOAT ? value : value.to(ElementType.FLOAT);
  }

  final Expr asInput(Expr value) {
    return spec.activations() == ElementType.FLOAT ? value : value.to(spec.activations());
  }

  final Expr gelu(Expr input) {
    return Expr.torch("gelu", input, Expr.named("approximate", Expr.string(approximation())));
  }

  final String approximation() {
    return spec.config().activation() == Activation.GELU_NEW ? "tanh" : "none";
  }

  /**
   * {@code activation}: the activation over a few rows at a time. A call on fewer than 32768
   * elements is not split between threads, whose borders would otherwise fall inside a vector and
   * change the last place of some results with the number of rows.
   */
  final void addActivation() {
    Method m = module.method("activation", "Tensor");
    Expr x = m.parameter("x");
    int rows = Math.max(1, 32767 / spec.innerWidth());
    Expr total = m.let("total", Expr.torch("size", x, Expr.of(0)));
    m.let("out", x);
    m.either(
        Expr.torch("le", total, Expr.of(rows)),
        () -> m.let("out", gelu(x)),
        () -> {
          Expr parts = m.let("parts", Expr.emptyList("Tensor"));
          Expr count = Expr.torch("floordiv", total.plus(Expr.of(rows - 1)), Expr.of(rows));
          m.loop(
              "i",
              count,
              i -> {
                Expr from = i.times(Expr.of(rows));
                m.append(parts, gelu(x.slice(0, from, from.plus(Expr.of(rows)))));
              });
          m.let("out", Expr.torch("cat", parts, Expr.of(0)));
        });
    m.result(Expr.variable("out"));
  }

  static Expr weight(String name) {
    return Expr.attribute(name + "_w");
  }

  static Expr bias(String name) {
    return Expr.attribute(name + "_b");
  }

  static Expr scale(String name) {
    return Expr.attribute(name + "_s");
  }
}
