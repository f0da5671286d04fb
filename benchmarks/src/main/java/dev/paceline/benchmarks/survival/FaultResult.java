package dev.paceline.benchmarks.survival;

import dev.paceline.benchmarks.Samples;
import java.util.ArrayList;
import java.util.List;

/** What became of the texts of one kind of fault. Not thread-safe. */
final class FaultResult {
  private final Fault fault;
  private final Samples away = new Samples();
  private final Samples extra = new Samples();
  private final Samples after = new Samples();
  private final List<String> complaints = new ArrayList<>();
  private int texts;
  private int events;

  FaultResult(Fault fault) {
    this.fault = fault;
  }

  /**
   * @param extraSeconds beyond the same text undisturbed
   * @param complaint empty if the text is the target's own
   */
  void add(int struck, double awaySeconds, double extraSeconds, String complaint) {
    texts++;
    events += struck;
    if (!complaint.isEmpty()) {
      complaints.add(complaint);
    }
    away.add(awaySeconds);
    extra.add(extraSeconds);
    after.add(Math.max(0, extraSeconds - awaySeconds));
  }

  Fault fault() {
    return fault;
  }

  int texts() {
    return texts;
  }

  int identical() {
    return texts - complaints.size();
  }

  /** Faults over all texts. */
  int events() {
    return events;
  }

  /** What was wrong with texts that are not the target's own. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** Seconds without a server or a link. */
  Samples away() {
    return away;
  }

  /** Seconds beyond the same text undisturbed. */
  Samples extra() {
    return extra;
  }

  /** Of these, seconds after server and link were there again. */
  Samples after() {
    return after;
  }
}
