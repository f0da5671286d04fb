package dev.paceline.models.train;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The loop: batches, updates, validation, checkpoints. In its folder it keeps {@code state}, from
 * which a run goes on exactly where it was, {@code stable}, the state before the final decay of
 * {@link Schedule.Shape#WSD}, {@code log.csv}, and the models {@code best} and {@code last}.
 */
final class Trainer {
  static final String STATE = "state.safetensors";
  static final String STABLE = "stable.safetensors";

  private final TrainableModel model;
  private final Course course;
  private final Mixture data;
  private final List<Validation> validations;
  private final TrainOptions options;
  private final Path tokenizer;
  private final Path out;
  private final TrainProgress progress;
  private final LongSupplier nanos;
  private final String setup;

  private long step;

  /** Updates of the run whose moments this one began with. */
  private long warm;

  private double earlier;
  private long started;
  private double best = Double.POSITIVE_INFINITY;
  private boolean stableWritten;

  /** The update after which the last checkpoint was written, or −1. */
  private long checked = -1;

  /**
   * @param course what the model is trained towards
   * @param tokenizer folder whose tokenizer the models get
   * @param out folder of the run
   * @param nanos the clock
   */
  Trainer(
      TrainableModel model,
      Course course,
      Mixture data,
      List<Validation> validations,
      TrainOptions options,
      Path tokenizer,
      Path out,
      TrainProgress progress,
      LongSupplier nanos) {
    this.model = model;
    this.course = course;
    this.data = data;
    this.validations = validations;
    this.options = options;
    this.tokenizer = tokenizer;
    this.out = out;
    this.progress = progress;
    this.nanos = nanos;
    this.setup =
        options.setup()
            + " "
            + model.spec().compute()
            + " "
            + model.spec().config()
            + course.label();
  }

  /**
   * Takes up a state.
   *
   * @throws UserError if it is of another run
   */
  void resume(Path state) {
    TrainState found = TrainState.read(state, model.layout());
    found.require(state, setup);
    model.restore(found.flat(), found.mean(), found.square());
    data.resume(found.drawn());
    step = found.step();
    earlier = found.seconds();
    best = found.best();
  }

  /** Begins a run of its own with the weights and moments of another, which had the same shape. */
  void begin(Path state) {
    TrainState found = TrainState.read(state, model.layout());
    model.restore(found.flat(), found.mean(), found.square());
    warm = found.step();
  }

  /** Trains to the end of the run, or until the number of updates is reached. */
  void run(long lastStep) {
    started = nanos.getAsLong();
    try {
      Files.createDirectories(out);
      progress.begin(step, options);
      while (step < lastStep && at() < 1) {
        if (options.schedule().decaying(at()) && !stableWritten) {
          state().write(out.resolve(STABLE));
          stableWritten = true;
        }
        update();
        if (step % options.validateEvery() == 0) {
          checkpoint();
        }
      }
      if (checked != step) {
        checkpoint();
      }
    } catch (IOException e) {
      throw new UserError("cannot write in " + out + ": " + CacheDirectory.reason(e), e);
    }
  }

  private double seconds() {
    return earlier + (nanos.getAsLong() - started) / 1e9;
  }

  private double at() {
    return options.progress(step, seconds());
  }

  private void update() throws IOException {
    double rate = options.rate() * options.schedule().factor(at());
    int micro = options.batch() / options.accumulation();
    long tokens = (long) options.batch() * options.sequence();
    double loss = 0;
    for (int i = 0; i < options.accumulation(); i++) {
      loss += course.lesson().accumulate(data.next(micro), 1.0 / tokens);
    }
    double norm = model.clip(options.clip());
    step++;
    if (!Double.isFinite(norm)) {
      throw new UserError(
          "the gradient is no longer finite at update " + step + "; use a smaller --lr");
    }
    model.update(options.optimizer(), new Optimizer.Step(warm + step, rate, options.decay()));
    progress.step(step, loss / tokens, norm, rate, seconds(), at());
  }

  private void checkpoint() throws IOException {
    checked = step;
    double sum = 0;
    StringBuilder line = new StringBuilder();
    for (Validation each : validations) {
      Course.Verdict verdict = course.judge().judge(each);
      sum += verdict.cost();
      line.append(' ').append(verdict);
    }
    float[] flat = model.vector("flat");
    Weights.write(flat, model.layout(), options.saved(), out.resolve("last"));
    Weights.copyTokenizer(tokenizer, out.resolve("last"));
    if (!validations.isEmpty() && sum < best) {
      best = sum;
      Weights.write(flat, model.layout(), options.saved(), out.resolve("best"));
      Weights.copyTokenizer(tokenizer, out.resolve("best"));
    }
    state().write(out.resolve(STATE));
    if (!validations.isEmpty()) {
      progress.validated(step, line.toString().strip());
      Files.writeString(
          out.resolve("validation.csv"),
          step
              + ","
              + Math.round(seconds())
              + ","
              + line.toString().strip().replace(' ', ',')
              + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }

  private TrainState state() {
    return new TrainState(
        setup,
        step,
        seconds(),
        best,
        data.drawn(),
        model.vector("flat"),
        model.vector("mean"),
        model.vector("square"));
  }
}
