package dev.paceline.models.train;

import static dev.paceline.models.torchscript.Expr.attribute;
import static dev.paceline.models.torchscript.Expr.list;
import static dev.paceline.models.torchscript.Expr.named;
import static dev.paceline.models.torchscript.Expr.of;
import static dev.paceline.models.torchscript.Expr.torch;

import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;
import dev.paceline.models.train.FlatLayout.Kind;
import dev.paceline.models.train.FlatLayout.Part;

/**
 * The matrix products of one update and nothing else: for each linear layer and for the head the
 * result, the gradient of the input and that of the weight, in the type of computation, written
 * into buffers. What training takes beyond them is its overhead; attention's products are part of
 * it.
 */
final class ProductsProgram {
  private final TrainSpec spec;
  private final int rows;
  private final ScriptModule module = new ScriptModule();
  private final Method prepare;
  private final Method products;

  private ProductsProgram(TrainSpec spec, int rows) {
    this.spec = spec;
    this.rows = rows;
    Method forward = module.method("forward", "Tensor");
    Expr none = forward.parameter("none");
    forward.result(none);
    prepare = module.method("prepare", "Tensor");
    products = module.method("products", "Tensor");
  }

  /**
   * @param rows tokens of an update
   */
  static ScriptModule build(TrainSpec spec, int rows) {
    return new ProductsProgram(spec, rows).write();
  }

  private ScriptModule write() {
    Expr like = prepare.parameter("like");
    Gpt2Config config = spec.config();
    for (Part part : new FlatLayout(config).parts(Kind.MATRIX)) {
      long[] shape = part.shape();
      layer(part.name(), like, rows, shape[0], shape[1], config.layers());
    }
    // The head's rows go through the loss a chunk at a time.
    int chunk = Math.min(rows, spec.lossRows());
    layer("head", like, chunk, config.width(), config.vocabSize(), rows / chunk);
    prepare.result(like);
    products.result(attribute("head_out"));
    return module;
  }

  private void layer(String name, Expr like, long n, long in, long out, long times) {
    tensor(name + "_x", like, n, in);
    tensor(name + "_w", like, in, out);
    tensor(name + "_g", like, n, out);
    tensor(name + "_out", like, n, out);
    tensor(name + "_dx", like, n, in);
    tensor(name + "_dw", like, in, out);
    Expr x = attribute(name + "_x");
    Expr w = attribute(name + "_w");
    Expr g = attribute(name + "_g");
    products.loop(
        "i",
        of(times),
        i -> {
          into(name + "_out", x, w);
          into(name + "_dx", g, torch("t", w));
          into(name + "_dw", torch("t", x), g);
        });
  }

  private void into(String out, Expr left, Expr right) {
    products.run(torch("mm", left, right, named("out", attribute(out))));
  }

  private void tensor(String name, Expr like, long rows, long columns) {
    module.tensor(name);
    Expr zeros =
        torch(
            "zeros",
            list(rows, columns),
            named("dtype", ElementType.FLOAT.code()),
            named("device", Expr.op("prim", "device", like)));
    prepare.set(name, torch("uniform_", zeros, of(-1.0), of(1.0)).to(spec.compute()));
  }
}
