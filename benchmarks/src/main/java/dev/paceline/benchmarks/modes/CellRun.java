package dev.paceline.benchmarks.modes;

import dev.paceline.benchmarks.Samples;
import dev.paceline.benchmarks.emulation.SocketBytes;
import dev.paceline.common.speculation.DecodeMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures one cell: one run of every candidate to find each mode's best windows, then interleaved
 * runs of those, of the target alone and of automatic control. The medians are of the latter runs
 * only.
 */
final class CellRun {
  private final ModesPlan plan;
  private final Lane lane;
  private final Cell cell;
  private final List<int[]> prompts;
  private final Map<Way, Samples> measured = new LinkedHashMap<>();
  private final Map<Way, SocketBytes.PerToken> bytes = new LinkedHashMap<>();
  private List<int[]> truth = List.of();
  private int mismatches;

  CellRun(ModesPlan plan, Lane lane, Cell cell, List<int[]> prompts) {
    this.plan = plan;
    this.lane = lane;
    this.cell = cell;
    this.prompts = prompts;
  }

  CellResult run() {
    lane.become(cell);
    List<Way> ways = new ArrayList<>();
    ways.add(Way.SERVER_ONLY);
    ways.add(Way.AUTO);
    truth = lane.run(Way.SERVER_ONLY, cell, prompts, plan.tokens()).outputs();
    ways.addAll(finalists());
    for (int run = 0; run < plan.runs() * cell.repeats(); run++) {
      for (int i = 0; i < ways.size(); i++) {
        Way way = ways.get((run + i) % ways.size());
        measured.computeIfAbsent(way, w -> new Samples()).add(millis(way));
      }
    }
    return new CellResult(cell, measured, bytes, mismatches);
  }

  private List<Way> finalists() {
    Map<DecodeMode, List<Timed>> byMode = new LinkedHashMap<>();
    for (Way way : plan.candidates()) {
      byMode
          .computeIfAbsent(way.mode(), mode -> new ArrayList<>())
          .add(new Timed(way, millis(way)));
    }
    List<Way> best = new ArrayList<>();
    for (List<Timed> timed : byMode.values()) {
      timed.sort(Comparator.comparingDouble(Timed::millis));
      timed.stream().limit(plan.finalists()).forEach(t -> best.add(t.way()));
    }
    return best;
  }

  private record Timed(Way way, double millis) {}

  private double millis(Way way) {
    Lane.Measured run = lane.run(way, cell, prompts, plan.tokens());
    for (int i = 0; i < truth.size(); i++) {
      if (!Arrays.equals(truth.get(i), run.outputs().get(i))) {
        mismatches++;
      }
    }
    bytes.put(way, run.bytes());
    return run.msPerToken();
  }
}
