package dev.paceline.scheduler.figures;

import dev.paceline.scheduler.mec.ComputeProfile;
import dev.paceline.scheduler.mec.EnergyModel;
import dev.paceline.scheduler.mec.SionnaTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Runs the figures and writes their files. */
public final class Figures {
  private Figures() {}

  /**
   * Regenerates figures 5 and 6.
   *
   * @param numbers of 5 and 6
   * @param seeds how many, the same for every policy
   * @param folder is made if it is not there
   * @param progress told what is being computed
   */
  public static void run(Set<Integer> numbers, int seeds, Path folder, Consumer<String> progress)
      throws IOException {
    Files.createDirectories(folder);
    Grid grid = new Grid(seeds);
    Summary summary = new Summary(seeds);
    if (numbers.contains(5)) {
      for (ComputeProfile profile : ComputeProfile.values()) {
        FigureFive figure = new FigureFive(grid, profile);
        figure.run(folder, progress);
        summary.figureFive(figure);
      }
    }
    if (numbers.contains(6)) {
      for (EnergyModel energy : new EnergyModel[] {EnergyModel.PHYSICAL, EnergyModel.OCCUPANCY}) {
        FigureSix figure = new FigureSix(grid, energy);
        figure.run(folder, progress);
        summary.figureSix(figure);
      }
    }
    summary.write(folder.resolve("RESULTS.md"));
  }

  /**
   * Makes the table of gaps to a lower bound.
   *
   * @param seeds systems for each setting
   * @param folder is made if it is not there
   * @param progress told what is being computed
   */
  public static void gap(int seeds, Path folder, Consumer<String> progress) throws IOException {
    Files.createDirectories(folder);
    new GapTable(GapTable.PAPER, seeds).run(folder, progress);
  }

  /**
   * Makes the table of what the learned policy adds.
   *
   * @param seeds runs for each system over time
   * @param traces channels to use beside simulated ones
   * @param folder is made if it is not there
   * @param progress told what is being computed
   */
  public static void learned(
      int seeds, List<SionnaTrace> traces, Path folder, Consumer<String> progress)
      throws IOException {
    Files.createDirectories(folder);
    new LearnedTable(seeds, LearnedTable.LIVE_SLOTS, traces).run(folder, progress);
  }
}
