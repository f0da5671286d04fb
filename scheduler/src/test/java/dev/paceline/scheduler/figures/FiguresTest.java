package dev.paceline.scheduler.figures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.scheduler.decisions.Statistics;
import dev.paceline.scheduler.mec.ComputeProfile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresTest {
  @TempDir Path folder;

  /** The project's goal, over the paper's grid at the paper's rates; few seeds to stay short. */
  @Test
  void oursIsThirtyPercentBelowEachOfThePapersBaselines() throws IOException {
    FigureFive figure = new FigureFive(new Grid(2), ComputeProfile.PAPER_PEAK);
    figure.run(folder, line -> {});
    for (String baseline :
        List.of("random+uniform", "max-sinr+uniform", "max-compute-top+uniform")) {
      Statistics below = figure.overall("tma-plus+convex", baseline);
      assertThat(below.mean()).as("below %s", baseline).isGreaterThan(0.30);
    }
    assertThat(Files.readAllLines(folder.resolve("fig5-peak.csv"))).hasSize(1 + 11 * 6 * 4);
    for (String name : List.of("fig5-peak-devices.png", "fig5-peak-servers.png")) {
      BufferedImage image = ImageIO.read(folder.resolve(name).toFile());
      assertThat(image.getWidth()).isEqualTo(900);
    }
  }

  /** Energy falls as its weight grows, for low batteries most: what the paper claims of Fig. 6. */
  @Test
  void sixthFigureIsWrittenAndEnergyFalls() throws IOException {
    Figures.run(Set.of(6), 1, folder, line -> {});
    List<String> rows = Files.readAllLines(folder.resolve("fig6-physical.csv"));
    assertThat(rows).hasSize(1 + 6 * 6 * 4 * 2);
    double first = energy(rows, "0,low,tma-plus+convex");
    double last = energy(rows, "100,low,tma-plus+convex");
    assertThat(last).isLessThan(0.7 * first);
    assertThat(folder.resolve("RESULTS.md")).content().contains("Fig. 6, physical energy");
    assertThat(folder.resolve("fig6-occupancy-energy.png")).isNotEmptyFile();
  }

  private static double energy(List<String> rows, String start) {
    String row = rows.stream().filter(r -> r.startsWith(start + ",")).findFirst().orElseThrow();
    return Double.parseDouble(row.split(",", -1)[7]);
  }
}
