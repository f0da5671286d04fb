package dev.paceline.models.lm;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A compiled draft program with its weights and its cache. */
final class TorchDraftModel implements DraftModel {
  private static final String METHOD = "module_method:";
  private static final int COLUMNS = 2;

  private final ModelInfo info;
  private final DraftTable layout;
  private final Model model;
  private final Block program;
  private final NDManager manager;
  private final ParameterStore parameters;
  private @Nullable Thread owner;

  /**
   * @param pickable number of tokens that a draft is picked from
   */
  TorchDraftModel(ModelInfo info, int pickable, Path archive) {
    this.info = info;
    layout = new DraftTable(info, pickable);
    model = Model.newInstance("program", Device.cpu(), "PyTorch");
    manager = model.getNDManager();
    parameters = new ParameterStore(manager, false);
    boolean ready = false;
    try {
      JniUtils.setGraphExecutorOptimize(false);
      String name = String.valueOf(archive.getFileName());
      model.load(archive.getParent(), name.substring(0, name.length() - ".pt".length()));
      program = model.getBlock();
      call("prepare", 0);
      call("make_cache", info.contextLength());
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
  public Drafts draft(int start, int[] feed, int most, double stopBelow, SamplingParams sampling) {
    int first = feedAhead(start, feed);
    int[] rest = first == 0 ? feed : Arrays.copyOfRange(feed, first, feed.length);
    double[] out = run(layout.layOut(start + first, rest, most, stopBelow, sampling));
    int count = out.length / COLUMNS;
    int[] ids = new int[count];
    float[] logProbabilities = new float[count];
    for (int i = 0; i < count; i++) {
      ids[i] = (int) out[i * COLUMNS];
      logProbabilities[i] = (float) out[i * COLUMNS + 1];
    }
    return new Drafts(ids, logProbabilities);
  }

  @Override
  public float[] logits(int start, int[] feed) {
    int first = feedAhead(start, feed);
    int[] rest = first == 0 ? feed : Arrays.copyOfRange(feed, first, feed.length);
    long[] table = layout.layOut(start + first, rest, 1, 1, SamplingParams.GREEDY);
    float[] rows;
    try (NDManager scope = manager.newSubManager()) {
      NDArray tag = scope.create(0L);
      tag.setName(METHOD + "draft_logits");
      NDArray call = scope.create(table);
      rows =
          program
              .forward(parameters, new NDList(tag, call), false)
              .singletonOrThrow()
              .toFloatArray();
    }
    int vocabulary = info.config().vocabSize();
    float[] logits = new float[vocabulary];
    Arrays.fill(logits, Float.NEGATIVE_INFINITY);
    System.arraycopy(rows, 0, logits, 0, rows.length);
    int last = rows.length - 1;
    int end = info.config().eosToken();
    if (rows.length < vocabulary && end > last) {
      // The shortlist's last row is the end-of-text token, wherever that is.
      logits[last] = Float.NEGATIVE_INFINITY;
      logits[end] = rows[last];
    }
    return logits;
  }

  /** Feeds all of a long feed but what the last call takes; how many that is. */
  private int feedAhead(int start, int[] feed) {
    if (owner == null) {
      owner = Thread.currentThread();
      // A setting of the thread: the profiling executor would compile anew for each new shape.
      JniUtils.setGraphExecutorOptimize(false);
    }
    assert owner == Thread.currentThread() : "drafted by " + Thread.currentThread();
    int first = layout.feedAhead(start, feed.length);
    for (int done = 0; done < first; ) {
      int count = Math.min(DraftTable.CHUNK, first - done);
      int[] chunk = Arrays.copyOfRange(feed, done, done + count);
      run(layout.layOut(start + done, chunk, 1, 1, SamplingParams.GREEDY));
      done += count;
    }
    return first;
  }

  @Override
  public void close() {
    manager.close();
    model.close();
  }

  private double[] run(long[] table) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray call = scope.create(table);
      return program
          .forward(parameters, new NDList(call), false)
          .singletonOrThrow()
          .toDoubleArray();
    }
  }

  private void call(String method, long number) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray tag = scope.create(0L);
      tag.setName(METHOD + method);
      NDArray argument = scope.create(new long[] {number});
      program.forward(parameters, new NDList(tag, argument), false);
    }
  }
}
