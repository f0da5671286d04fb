package dev.paceline.benchmarks.survival;

import dev.paceline.common.speculation.control.ControlOptions;
import dev.paceline.common.speculation.draft.DraftOptions;
import java.util.Arrays;
import java.util.Random;

/** One text undisturbed, and again with a fault at a random token. */
final class OneText {
  /** Neither a text nor a fault takes as long. */
  private static final int PATIENCE_SECONDS = 180;

  private static final int WINDOW = 32;
  private static final long GIVE_UP_NANOS = 120_000_000_000L;

  private final SurvivalPlan plan;
  private final SurvivalTexts texts;
  private final Site site;
  private final Fault fault;
  private final int index;
  private final Random random;

  OneText(SurvivalPlan plan, SurvivalTexts texts, Site site, Fault fault, int index) {
    this.plan = plan;
    this.texts = texts;
    this.site = site;
    this.fault = fault;
    this.index = index;
    random = new Random(31L * fault.label().hashCode() + index);
  }

  void run(FaultResult result) throws InterruptedException {
    int tokens = plan.tokens(fault);
    int[] expected = texts.reference(index, tokens);
    StringBuilder complaints = new StringBuilder();
    double undisturbed = Double.POSITIVE_INFINITY;
    for (int i = 0; i < plan.undisturbed(); i++) {
      TextRun run = start(Integer.MAX_VALUE);
      complaints.append(complaint(run, expected));
      undisturbed = Math.min(undisturbed, run.seconds());
    }
    // Not among the last tokens: they may be on their way when the fault comes.
    TextRun run = start(1 + random.nextInt(tokens * 3 / 4));
    run.awaitMoment();
    Fault.Struck struck = fault.strike(site, run, random, plan.mostSeconds());
    complaints.append(complaint(run, expected));
    double extra = complaints.length() == 0 ? run.seconds() - undisturbed : 0;
    synchronized (result) {
      result.add(struck.events(), struck.awayNanos() * 1e-9, extra, complaints.toString());
    }
  }

  private TextRun start(int strikeAt) {
    DraftOptions options =
        DraftOptions.withWindow(WINDOW)
            .withControl(ControlOptions.DEFAULT)
            .withGiveUp(GIVE_UP_NANOS);
    return TextRun.start(site.client(), texts.open(index, plan.tokens(fault)), options, strikeAt);
  }

  /** What is wrong with the text; empty if it is the target's own. */
  private String complaint(TextRun run, int[] expected) throws InterruptedException {
    if (!run.awaitEnd(PATIENCE_SECONDS)) {
      run.cancel();
      return "text " + index + " did not end within " + PATIENCE_SECONDS + " s";
    }
    int differs = Arrays.mismatch(run.output(), expected);
    return differs < 0
        ? ""
        : "text "
            + index
            + " is not the target's own from token "
            + differs
            + ": "
            + run.sentence();
  }
}
