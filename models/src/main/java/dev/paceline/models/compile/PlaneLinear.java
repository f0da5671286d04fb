package dev.paceline.models.compile;

import dev.paceline.models.safetensors.WeightTensor;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;
import java.util.ArrayList;
import java.util.List;

/**
 * Weights in 8 bits, activations in 16 bits with a scale of their own per row, sums in whole
 * numbers: for x86 CPUs with VNNI instructions.
 *
 * <p>Each row is written as two planes of bytes, {@code x = peak / 32512 * (256 (hi - 128) + lo -
 * 128)} with peak its largest magnitude, and both planes of all rows go through one call of
 * oneDNN's 8-bit layer. Its sums are whole numbers below 2^31, so they are the same in any order
 * and whatever kernel the library picks for a number of rows; all that follows is element by
 * element. A row's result is therefore bitwise independent of its company by construction. The
 * activations' error, 2^-17 of the row's peak, is below that of bfloat16 for every element within a
 * factor of 500 of the peak.
 *
 * <p>GPT-2 124M, two threads of a Zen 5, ms a step of 1 / 4 / 8 / 16 / 64 rows: 12 / 13 / 16 / 27 /
 * 91; {@link Int8Linear} 18 / 14 / 24 / 99 / 267.
 *
 * <p>Without VNNI the same layer adds pairs of products in 16 bits, which overflow; {@link
 * Int8Linear} serves there.
 */
final class PlaneLinear extends LinearLayers {
  private static final ElementType SCALES = ElementType.FLOAT;
  private static final double LEVELS = 32512;
  private static final int ZERO = 128;

  private final List<String> names = new ArrayList<>();
  private final HalfHead half;

  PlaneLinear(ProgramSpec spec, ScriptModule module) {
    super(spec, module);
    half = new HalfHead(module, spec.tied());
  }

  @Override
  void add(String name, WeightData weight, WeightTensor bias) {
    module.tensor(name + "_w", ElementType.INT8, weight.quantized(SCALES), weight.shape());
    module.tensor(name + "_s", SCALES, weight.scales(SCALES), weight.rows());
    module.tensor(name + "_z");
    WeightData vector = WeightData.vector(bias, weight.rows());
    module.tensor(name + "_b", ElementType.FLOAT, vector.as(ElementType.FLOAT), weight.rows());
    names.add(name);
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
    for (String name : names) {
      Expr type = Expr.named("dtype", ElementType.INT32.code());
      prepare.set(name + "_z", Expr.torch("zeros_like", scale(name), type));
      prepare.set(name + "_w", Expr.op("onednn", "qlinear_prepack", weight(name), Expr.NONE));
    }
    half.prepare(prepare);
    addProduct();
    addActivation();
  }

  @Override
  Expr embed(Expr ids) {
    return half.embed(ids);
  }

  @Override
  Expr apply(String name, Expr input) {
    Expr zeros = Expr.attribute(name + "_z");
    return Expr.method("product", input, weight(name), scale(name), zeros, bias(name));
  }

  @Override
  Expr head(Expr input) {
    return half.apply(input);
  }

  @Override
  ElementType outputs() {
    return ElementType.FLOAT;
  }

  /** {@code product(x [R, I], weights, scales, zeros, bias) -> float32 [R, O]}. */
  private void addProduct() {
    Method m = module.method("product", "Tensor");
    Expr x = m.parameter("x");
    Expr w = m.parameter("w");
    Expr s = m.parameter("s");
    Expr z = m.parameter("z");
    Expr b = m.parameter("b");
    Expr rows = m.let("rows", Expr.torch("size", x, Expr.of(0)));
    Expr largest = Expr.torch("amax", Expr.torch("abs", x), Expr.list(1), Expr.TRUE);
    Expr peak = m.let("peak", Expr.torch("clamp_min", largest, Expr.of(1e-30)));
    Expr steps = Expr.torch("mul", Expr.torch("reciprocal", peak), Expr.of(LEVELS));
    // Both zero points, and a half so that cutting off rounds.
    Expr shift = Expr.of(ZERO * 256 + ZERO + 0.5);
    Expr moved = Expr.torch("add", Expr.torch("mul", x, steps), shift);
    Expr whole = m.let("whole", moved.to(ElementType.INT32));
    // Narrowing keeps the low byte.
    Expr low = whole.to(ElementType.UINT8);
    Expr high = Expr.torch("bitwise_right_shift", whole, Expr.of(8)).to(ElementType.UINT8);
    Expr planes = m.let("planes", Expr.torch("cat", Expr.list(low, high), Expr.of(0)));
    Expr sums =
        m.let(
            "sums",
            Expr.op(
                "onednn",
                "qlinear_pointwise",
                planes,
                Expr.of(1.0),
                Expr.of(ZERO),
                w,
                s,
                z,
                Expr.NONE,
                Expr.of(1.0),
                Expr.of(0),
                ElementType.FLOAT.code(),
                Expr.string("none"),
                Expr.emptyList("Optional[number]"),
                Expr.string("none")));
    Expr ones = sums.slice(0, Expr.of(0), rows);
    Expr steps256 = sums.slice(0, rows, rows.times(Expr.of(2)));
    Expr sum = Expr.torch("add", ones, steps256, Expr.named("alpha", Expr.of(256)));
    Expr unit = Expr.torch("mul", peak, Expr.of(1 / LEVELS));
    m.result(sum.times(unit).plus(b));
  }
}
