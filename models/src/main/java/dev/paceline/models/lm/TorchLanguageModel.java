package dev.paceline.models.lm;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.ProgramSpec;
import dev.paceline.models.compile.StepLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A compiled program with its weights and slots. */
final class TorchLanguageModel implements LanguageModel {
  private static final String METHOD = "module_method:";
  private static final int COLUMNS = 3;

  private final ModelInfo info;
  private final Model model;
  private final Block program;
  private final NDManager manager;
  private final ParameterStore parameters;
  private final StepTable layout;
  private @Nullable Thread owner;
  private @Nullable Thread configured;

  TorchLanguageModel(ModelInfo info, ProgramSpec spec, Path archive, Device device) {
    this.info = info;
    int capacity = StepLayout.roundUp(info.contextLength(), StepLayout.KEYS);
    layout = new StepTable(spec, info.slots(), info.contextLength(), capacity);
    model = Model.newInstance("program", device, "PyTorch");
    // Tables are made on the CPU whatever the device; the program moves what it needs.
    manager = model.getNDManager().newSubManager(Device.cpu());
    parameters = new ParameterStore(manager, false);
    boolean ready = false;
    try {
      configureThread();
      String name = String.valueOf(archive.getFileName());
      model.load(archive.getParent(), name.substring(0, name.length() - ".pt".length()));
      program = model.getBlock();
      call("prepare", 0);
      call("make_cache", info.slots(), capacity);
      ready = true;
    } catch (IOException | MalformedModelException e) {
      throw new UserError("cannot load " + archive + ": " + e.getMessage(), e);
    } finally {
      if (!ready) {
        close();
      }
    }
  }

  @Override
  public ModelInfo info() {
    return info;
  }

  @Override
  public StepResult step(List<Segment> segments) {
    if (segments.isEmpty()) {
      return new StepResult(List.of());
    }
    layout.check(segments);
    long[] table = layout.layOut(segments);
    if (table[StepLayout.WANTED] > 0) {
      return withLogits(segments, table);
    }
    double[] out;
    try (NDManager scope = enter()) {
      out = run(scope, null, table).toDoubleArray();
    }
    List<Picks> picks = new ArrayList<>(segments.size());
    int row = 0;
    for (Segment segment : segments) {
      picks.add(picks(out, row, segment.picks()));
      row += segment.picks();
    }
    return new StepResult(picks);
  }

  /** A step some of whose segments want their logits. */
  private StepResult withLogits(List<Segment> segments, long[] table) {
    float[] out;
    try (NDManager scope = enter()) {
      out = run(scope, "judged", table).toFloatArray();
    }
    int all = (int) table[StepLayout.PICKS] * COLUMNS;
    double[] columns = new double[all];
    for (int i = 0; i < all; i++) {
      columns[i] = out[i];
    }
    int vocab = info.config().vocabSize();
    int at = all;
    int row = 0;
    List<Picks> picks = new ArrayList<>(segments.size());
    for (Segment segment : segments) {
      Picks made = picks(columns, row, segment.picks());
      row += segment.picks();
      if (segment.logits()) {
        float[][] logits = new float[segment.picks()][];
        for (int i = 0; i < logits.length; i++) {
          logits[i] = Arrays.copyOfRange(out, at, at + vocab);
          at += vocab;
        }
        made = new Picks(made.tokens(), made.logProbabilities(), made.margins(), logits);
      }
      picks.add(made);
    }
    return new StepResult(picks);
  }

  @Override
  public float[][] logits(int[] tokens) {
    Segment all = Segment.decode(0, 0, SamplingParams.GREEDY, tokens);
    layout.check(List.of(all));
    long[] table = layout.layOut(List.of(all));
    int vocab = info.config().vocabSize();
    float[][] rows = new float[tokens.length][vocab];
    try (NDManager scope = enter()) {
      NDArray logits = run(scope, "logits", table);
      for (int i = 0; i < rows.length; i++) {
        rows[i] = logits.get(i).toFloatArray();
      }
    }
    return rows;
  }

  /** The integer part of the race for tests: [keys.length][vocabulary]. */
  long[][] raceHash(long... keys) {
    try (NDManager scope = enter()) {
      NDArray column = scope.create(keys, new Shape(keys.length, 1));
      NDArray tag = scope.create(0L);
      tag.setName(METHOD + "race_hash");
      NDArray hashes =
          program.forward(parameters, new NDList(tag, column), false).singletonOrThrow();
      long[][] rows = new long[keys.length][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = hashes.get(i).toLongArray();
      }
      return rows;
    }
  }

  @Override
  public void close() {
    manager.close();
    model.close();
  }

  private static Picks picks(double[] out, int from, int count) {
    int[] tokens = new int[count];
    float[] logProbabilities = new float[count];
    float[] margins = new float[count];
    for (int i = 0; i < count; i++) {
      int at = (from + i) * COLUMNS;
      tokens[i] = (int) out[at];
      logProbabilities[i] = (float) out[at + 1];
      margins[i] = (float) out[at + 2];
    }
    return new Picks(tokens, logProbabilities, margins);
  }

  private void call(String method, long... numbers) {
    try (NDManager scope = manager.newSubManager()) {
      run(scope, method, numbers);
    }
  }

  /** Runs a method, {@code forward} if null; the result belongs to the scope. */
  private NDArray run(NDManager scope, @Nullable String method, long[] numbers) {
    NDList inputs = new NDList(2);
    if (method != null) {
      NDArray tag = scope.create(0L);
      tag.setName(METHOD + method);
      inputs.add(tag);
    }
    inputs.add(scope.create(numbers));
    return program.forward(parameters, inputs, false).singletonOrThrow();
  }

  private NDManager enter() {
    assert owned() : "a step by " + Thread.currentThread() + " on a model of " + owner;
    configureThread();
    return manager.newSubManager();
  }

  private boolean owned() {
    if (owner == null) {
      owner = Thread.currentThread();
    }
    return owner == Thread.currentThread();
  }

  /** The profiling executor would compile anew for each new shape; it is a setting per thread. */
  private void configureThread() {
    if (configured != Thread.currentThread()) {
      JniUtils.setGraphExecutorOptimize(false);
      configured = Thread.currentThread();
    }
  }
}
