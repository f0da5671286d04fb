package dev.paceline.benchmarks.serve;

import dev.paceline.common.UserError;
import dev.paceline.common.local.LocalTarget;
import dev.paceline.draft.rpc.GrpcTransport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts the server, records the texts and measures one figure after the other. */
final class LoadBenchmark {
  /** Texts per session, so that a session's next prompt is seldom in its slot already. */
  private static final int TEXTS_PER_SESSION = 2;

  private static final int FEWEST_TEXTS = 16;

  /** Parts of a measurement, each followed by a replay of its steps. */
  private static final int SLICES = 3;

  /**
   * Everything that was measured.
   *
   * @param neverSlower null if it was not asked for
   */
  record Report(
      String model,
      String precision,
      String device,
      double acceptance,
      List<Figures> figures,
      List<Capacity> capacities,
      NeverSlower.@Nullable Report neverSlower) {

    /** Tokens anywhere that were not the recorded ones. */
    int mismatches() {
      int sum = neverSlower == null ? 0 : neverSlower.mismatches();
      for (Figures f : figures) {
        sum += f.mismatches();
      }
      return sum;
    }
  }

  /** Told about results as they come. */
  interface Progress {
    void started(String device, int texts);

    void measured(Figures figures);
  }

  private LoadBenchmark() {}

  /** Runs the plan. */
  static Report run(LoadPlan plan, boolean neverSlower, Progress progress)
      throws InterruptedException {
    LocalTarget target =
        ServiceLoader.load(LocalTarget.class)
            .findFirst()
            .orElseThrow(() -> new UserError("the target server is not part of this installation"));
    try (StepReplay replay = new StepReplay(plan);
        LocalTarget.Running server = target.start(plan.model(), options(plan));
        GrpcTransport transport =
            new GrpcTransport("127.0.0.1:" + server.port(), replay.vocabulary())) {
      int context = transport.describe().getLimits().getContextLength();
      if (plan.promptTokens() + plan.maxTokens() > context) {
        throw new UserError(
            "--prompt-tokens and --max-tokens exceed the server's " + context + " positions");
      }
      int size = Math.max(FEWEST_TEXTS, TEXTS_PER_SESSION * plan.mostSessions());
      Corpus corpus = Corpus.record(transport, plan, size, replay.vocabulary());
      progress.started(replay.device(), corpus.size());
      List<Figures> figures = measure(plan, corpus, server.port(), replay, progress::measured);
      NeverSlower.Report slower =
          neverSlower ? new NeverSlower(plan, corpus, transport, replay.vocabulary()).run() : null;
      return new Report(
          plan.model(),
          plan.precision().label(),
          replay.device(),
          plan.acceptance(),
          figures,
          Capacity.of(figures, plan.sloMs()),
          slower);
    }
  }

  private static List<Figures> measure(
      LoadPlan plan, Corpus corpus, int port, StepReplay replay, Consumer<Figures> progress)
      throws InterruptedException {
    List<Figures> figures = new ArrayList<>();
    for (int sessions : plan.sessions()) {
      List<List<Figures.Slice>> slices = List.of(new ArrayList<>(), new ArrayList<>());
      // In turns, so that what disturbs the machine for a while disturbs all of them.
      for (int slice = 0; slice < SLICES; slice++) {
        for (int drafts = 0; drafts < 2; drafts++) {
          LoadRun.Seen seen =
              new LoadRun(plan, plan.seconds() / SLICES, corpus, port, replay.vocabulary())
                  .run(sessions, drafts == 1);
          slices.get(drafts).add(Figures.Slice.of(seen, replay));
        }
      }
      for (int drafts = 0; drafts < 2; drafts++) {
        Figures line = Figures.of(sessions, drafts == 1, slices.get(drafts));
        progress.accept(line);
        figures.add(line);
      }
    }
    return figures;
  }

  private static Map<String, String> options(LoadPlan plan) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("slots", String.valueOf(plan.mostSessions()));
    options.put("ctx-size", String.valueOf(plan.positions()));
    options.put("precision", plan.precision().label());
    options.put("device", plan.device());
    options.put("threads", String.valueOf(plan.threads()));
    options.putAll(plan.serverOptions());
    return options;
  }
}
