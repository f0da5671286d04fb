package dev.paceline.models.compile;

import static dev.paceline.models.torchscript.Expr.torch;

import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;

/**
 * The method {@code picks}: reads the sampling part of a step (the last 5P numbers, see {@link
 * StepLayout}) and picks from the logits by {@link RaceProgram}. Row by row on a CPU, where the
 * last elements of a tensor go through other functions than the rest, so that a row must be a
 * tensor of its own for its pick not to depend on its place; all at once on CUDA.
 */
final class PicksProgram {
  private final ProgramSpec spec;
  private final Method m;
  private final Expr step;
  private final Expr onDevice;
  private final Expr logits;
  private final Expr count;
  private final Expr flags;

  PicksProgram(ProgramSpec spec, ScriptModule module) {
    this.spec = spec;
    m = module.method("picks", "Tensor");
    step = m.parameter("step");
    onDevice = m.parameter("on_device");
    logits = m.parameter("logits");
    count = m.parameter("count", "int");
    flags = m.parameter("flags", "int");
  }

  void add(Expr device) {
    Expr size = torch("size", step, Expr.of(0));
    Expr begin = m.let("begin", torch("sub", size, count.times(Expr.of(5))));
    Expr valuesAt = m.let("values_at", begin.plus(count));
    Expr topKsAt = m.let("top_k_at", valuesAt.plus(count.times(Expr.of(2))));
    Expr greedyAt = m.let("greedy_at", topKsAt.plus(count));
    Expr column = Expr.list(-1, 1);
    Expr keys = m.let("keys", torch("reshape", onDevice.slice(0, begin, valuesAt), column));
    Expr fixed = step.slice(0, valuesAt, topKsAt).to(ElementType.DOUBLE);
    Expr values = m.let("values", fixed.times(Expr.of(1 / StepLayout.FIXED_POINT)));
    Expr fractions = m.let("fractions", values.toList("float"));
    Expr onCpu = values.slice(0, Expr.of(0), count);
    Expr moved = torch("to", onCpu, device, ElementType.FLOAT.code());
    Expr temperature = m.let("temperature", torch("reshape", moved, column));
    Expr topKs = m.let("top_ks", step.slice(0, topKsAt, greedyAt).toList("int"));
    Expr filters = m.let("filters", flag(StepLayout.FILTERS));
    addThresholds(fractions, topKs, temperature, filters);
    Expr thresholds = Expr.variable("thresholds");
    Expr greedyNumbers = onDevice.slice(0, greedyAt, size);
    Expr greedy = m.let("greedy", torch("ne", torch("reshape", greedyNumbers, column), Expr.of(0)));
    if (spec.backend() == Backend.CUDA) {
      Expr rows = logits.slice(0, Expr.of(0), count);
      Expr samples = flag(StepLayout.SAMPLES);
      Expr all = Expr.method("pick", rows, keys, temperature, greedy, thresholds, samples, filters);
      m.result(torch("cpu", all));
      return;
    }
    Expr greedyRows = m.let("greedy_rows", step.slice(0, greedyAt, size).toList("int"));
    Expr picks = m.let("chosen", Expr.emptyList("Tensor"));
    m.loop(
        "i",
        count,
        i -> {
          Expr samples = torch("eq", greedyRows.at(i), Expr.of(0));
          Expr pick =
              Expr.method(
                  "pick",
                  row(logits, i),
                  row(keys, i),
                  row(temperature, i),
                  row(greedy, i),
                  row(thresholds, i),
                  samples,
                  filters);
          m.append(picks, pick);
        });
    m.result(torch("cat", picks, Expr.of(0)));
  }

  /** Sets {@code thresholds} [P, 1]; anything of that shape where no row filters. */
  private void addThresholds(Expr fractions, Expr topKs, Expr unused, Expr filters) {
    m.let("thresholds", unused);
    m.either(
        filters,
        () -> {
          Expr limits = m.let("limits", Expr.emptyList("Tensor"));
          m.loop(
              "i",
              count,
              i -> {
                Expr topP = fractions.at(count.plus(i));
                Expr limit =
                    Expr.method("threshold", row(logits, i), fractions.at(i), topP, topKs.at(i));
                m.append(limits, limit);
              });
          m.let("thresholds", torch("cat", limits, Expr.of(0)));
        },
        () -> {});
  }

  private Expr flag(int bit) {
    return torch("ne", torch("__and__", flags, Expr.of(bit)), Expr.of(0));
  }

  private static Expr row(Expr tensor, Expr i) {
    return tensor.slice(0, i, i.plus(Expr.of(1)));
  }
}
