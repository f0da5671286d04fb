package dev.paceline.scheduler.figures;

import dev.paceline.scheduler.decisions.Statistics;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/** A line plot with error bars. */
final class Plot {
  static final List<String> FIGURE_FIVE =
      List.of(
          "random+uniform",
          "max-sinr+uniform",
          "max-compute-top+uniform",
          "max-compute-load+uniform",
          "tma+masac",
          "tma+convex",
          "tma-plus+residual-masac",
          "tma-plus+convex");
  static final List<String> FIGURE_SIX = List.of("tma+masac", "tma-plus+convex");

  private final XYChart chart;

  Plot(String title, String horizontal, String vertical) {
    chart =
        new XYChartBuilder()
            .width(900)
            .height(600)
            .title(title)
            .xAxisTitle(horizontal)
            .yAxisTitle(vertical)
            .build();
    chart.getStyler().setYAxisMin(0.0);
  }

  /** Adds a line; bars span the 95 % intervals. */
  void line(String name, double[] x, List<Statistics> points) {
    double[] y = points.stream().mapToDouble(Statistics::mean).toArray();
    double[] bar = points.stream().mapToDouble(p -> (p.high() - p.low()) / 2).toArray();
    chart.addSeries(name, x, y, bar);
  }

  void save(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      BitmapEncoder.saveBitmap(chart, out, BitmapEncoder.BitmapFormat.PNG);
    }
  }
}
