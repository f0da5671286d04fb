package dev.paceline.models.train;

import static dev.paceline.models.torchscript.Expr.list;
import static dev.paceline.models.torchscript.Expr.named;
import static dev.paceline.models.torchscript.Expr.of;
import static dev.paceline.models.torchscript.Expr.torch;

import dev.paceline.models.gpt2.Activation;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;
import dev.paceline.models.train.FlatLayout.Kind;
import dev.paceline.models.train.FlatLayout.Part;
import java.util.List;

/**
 * {@code hidden(flat, ids)}: the final LayerNorm's output [B·T, D] in the type of computation, for
 * ids [B, T]. With gradients enabled it records the graph down to {@code flat}.
 *
 * <p>The residual stream, LayerNorm, the embeddings and, on a CPU, attention stay in the master
 * type; the matrices are cast once per call, so that the cast's gradient is one operation.
 */
final class ForwardPass {
  private final FlatLayout layout;
  private final TrainSpec spec;
  private final Method m;

  private ForwardPass(FlatLayout layout, TrainSpec spec, Method m) {
    this.layout = layout;
    this.spec = spec;
    this.m = m;
  }

  /** Adds the method under a name. */
  static void add(ScriptModule module, String name, FlatLayout layout, TrainSpec spec) {
    new ForwardPass(layout, spec, module.method(name, "Tensor")).write();
  }

  private void write() {
    Gpt2Config c = spec.config();
    Expr flat = m.parameter("flat");
    Expr ids = m.parameter("ids");
    Expr batch = m.let("batch", torch("size", ids, of(0)));
    Expr length = m.let("length", torch("size", ids, of(1)));
    split(flat);
    Expr embedded = torch("embedding", v("wte"), ids);
    Expr positions = v("wpe").slice(0, of(0), length);
    m.let(
        "x", torch("reshape", embedded.plus(positions), list(batch.times(length), of(c.width()))));
    for (int n = 0; n < c.layers(); n++) {
      layer(n, batch, length);
    }
    m.result(compute(norm("x", v("lnf_w"), v("lnf_b"))));
  }

  /** Splits the vector into its parts, in the master type or cast. */
  private void split(Expr flat) {
    long matrices = layout.size(Kind.MATRIX);
    long vectors = layout.size(Kind.VECTOR);
    Part wte = layout.part("wte");
    Part wpe = layout.part("wpe");
    Expr groups =
        m.let(
            "groups",
            torch(
                "split_with_sizes", flat, list(wte.size(), wpe.size(), matrices, vectors), of(0)));
    m.let("wte", torch("view", groups.at(0), list(wte.shape())));
    m.let("wpe", torch("view", groups.at(1), list(wpe.shape())));
    parts("matrices", compute(groups.at(2)), layout.parts(Kind.MATRIX));
    parts("vectors", groups.at(3), layout.parts(Kind.VECTOR));
  }

  private void parts(String name, Expr group, List<Part> parts) {
    long[] sizes = parts.stream().mapToLong(Part::size).toArray();
    Expr pieces = m.let(name, torch("split_with_sizes", group, list(sizes), of(0)));
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      Expr shaped = torch("view", pieces.at(i), list(part.stacked()));
      boolean bias = part.kind() == Kind.VECTOR && !part.name().startsWith("ln");
      Expr typed = bias ? compute(shaped) : shaped;
      m.let(part.name(), part.layers() == 0 ? typed : torch("unbind", typed, of(0)));
    }
  }

  private void layer(int n, Expr batch, Expr length) {
    Gpt2Config c = spec.config();
    Expr a = m.let("a", compute(norm("x", at("ln1_w", n), at("ln1_b", n))));
    Expr qkv = attended(torch("addmm", at("attn_b", n), a, at("attn_w", n)));
    Expr heads = torch("view", qkv, list(batch, length, of(3), of(c.heads()), of(c.headWidth())));
    Expr order = list(2, 0, 3, 1, 4);
    Expr three = m.let("qkv", torch("unbind", torch("permute", heads, order), of(0)));
    Expr o =
        torch(
            "scaled_dot_product_attention",
            three.at(0),
            three.at(1),
            three.at(2),
            Expr.NONE,
            of(0.0),
            Expr.TRUE,
            named("scale", of(scale(n))));
    Expr rows =
        compute(torch("reshape", torch("transpose", o, of(1), of(2)), list(of(-1), of(c.width()))));
    m.let("x", v("x").plus(torch("addmm", at("proj_b", n), rows, at("proj_w", n))));
    Expr b = compute(norm("x", at("ln2_w", n), at("ln2_b", n)));
    Expr inner = m.let("b", torch("addmm", at("fc_b", n), b, at("fc_w", n)));
    String kind = c.activation() == Activation.GELU_NEW ? "tanh" : "none";
    Expr active = torch("gelu", inner, named("approximate", Expr.string(kind)));
    m.let("x", v("x").plus(torch("addmm", at("out_b", n), active, at("out_w", n))));
  }

  private double scale(int layer) {
    Gpt2Config c = spec.config();
    double scale = c.scaleAttention() ? 1 / Math.sqrt(c.headWidth()) : 1;
    return c.scaleByInverseLayer() ? scale / (layer + 1) : scale;
  }

  private Expr norm(String input, Expr weight, Expr bias) {
    Gpt2Config c = spec.config();
    double epsilon = Double.parseDouble(Float.toString(c.layerNormEpsilon()));
    return torch("layer_norm", v(input), list(c.width()), weight, bias, of(epsilon));
  }

  private Expr compute(Expr value) {
    return spec.mixed() ? value.to(spec.compute()) : value;
  }

  /**
   * Queries, keys and values in the type of attention: on a CPU the master type, because its small
   * products in bfloat16 cost more to set up than to compute.
   */
  private Expr attended(Expr value) {
    if (!spec.mixed()) {
      return value;
    }
    Expr all = m.let("all", value);
    m.either(
        Expr.op("prim", "is_cuda", all),
        () -> m.let("all", all),
        () -> m.let("all", all.to(spec.master())));
    return all;
  }

  private static Expr at(String name, int layer) {
    return v(name).at(layer);
  }

  private static Expr v(String name) {
    return Expr.variable(name);
  }
}
