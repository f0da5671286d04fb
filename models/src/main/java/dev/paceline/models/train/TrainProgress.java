package dev.paceline.models.train;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** What a person sees of a run: {@code log.csv}, and a bar with the time left or lines. */
final class TrainProgress implements AutoCloseable {
  private static final String HEADER = "step,tokens,loss,grad_norm,lr,seconds,tokens_per_second\n";
  private static final int LINE_EVERY = 50;

  private final PrintStream stream;
  private final @Nullable Path log;
  private @Nullable ProgressBar bar;
  private long firstStep;
  private double firstSeconds = -1;
  private long tokensPerStep;
  private double mean = Double.NaN;

  private TrainProgress(PrintStream stream, @Nullable Path log) {
    this.stream = stream;
    this.log = log;
  }

  static TrainProgress of(PrintStream stream, Path log) {
    return new TrainProgress(stream, log);
  }

  void begin(long step, TrainOptions options) throws IOException {
    firstStep = step;
    tokensPerStep = (long) options.batch() * options.sequence();
    if (log != null && !Files.exists(log)) {
      Files.writeString(log, HEADER);
    }
    if (System.console() != null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("train")
              .setInitialMax(1000)
              .setStyle(ProgressBarStyle.ASCII)
              .setConsumer(new ConsoleProgressBarConsumer(stream))
              .build();
    }
  }

  /**
   * An update is done.
   *
   * @param progress 0 to 1
   */
  void step(long step, double loss, double norm, double rate, double seconds, double progress)
      throws IOException {
    if (firstSeconds < 0) {
      firstSeconds = seconds;
      firstStep = step;
    }
    mean = Double.isNaN(mean) ? loss : 0.98 * mean + 0.02 * loss;
    double speed = tokensPerStep * (step - firstStep) / Math.max(1e-9, seconds - firstSeconds);
    if (log != null) {
      String line =
          String.format(
              Locale.ROOT,
              "%d,%d,%.5f,%.4f,%.3e,%.1f,%.0f%n",
              step,
              step * tokensPerStep,
              loss,
              norm,
              rate,
              seconds,
              speed);
      Files.writeString(
          log, line, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    ProgressBar shown = bar;
    if (shown != null) {
      shown.stepTo(Math.round(1000 * progress));
      shown.setExtraMessage(
          String.format(Locale.ROOT, "step %d loss %.3f %.0f tok/s", step, mean, speed));
    } else if (step % LINE_EVERY == 0) {
      double left = progress > 0 ? seconds / progress * (1 - progress) : 0;
      stream.printf(
          Locale.ROOT,
          "step %d  loss %.4f  %.0f tokens/s  %.1f %%, about %.0f min left%n",
          step,
          mean,
          speed,
          100 * progress,
          left / 60);
    }
  }

  void validated(long step, String figures) {
    stream.println("step " + step + "  held out: " + figures);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
