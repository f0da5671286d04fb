package dev.paceline.models.cli;

import dev.paceline.models.hub.DownloadProgress;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar for each file. */
final class ProgressBars implements DownloadProgress {
  private final PrintStream stream;
  private @Nullable ProgressBar bar;

  private ProgressBars(PrintStream stream) {
    this.stream = stream;
  }

  /** Bars on a stream, or silence if no person watches. */
  static DownloadProgress on(PrintStream stream) {
    return System.console() == null ? SILENT : new ProgressBars(stream);
  }

  @Override
  public void begin(String file, long totalBytes) {
    bar =
        new ProgressBarBuilder()
            .setTaskName(file)
            .setInitialMax(totalBytes)
            .setUnit(" MiB", 1 << 20)
            .setStyle(ProgressBarStyle.ASCII)
            .showSpeed()
            .setConsumer(new ConsoleProgressBarConsumer(stream))
            .build();
  }

  @Override
  public void reached(long bytes) {
    if (bar != null) {
      bar.stepTo(bytes);
    }
  }

  @Override
  public void end() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
