package dev.paceline.benchmarks.modes;

import dev.paceline.benchmarks.emulation.PickMemory;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Measures all cells, several at a time: they wait rather than compute. */
final class ModesBenchmark {
  private static final int MEMORY_SLOTS = 8;

  private ModesBenchmark() {}

  /**
   * Runs the plan.
   *
   * @param each called with every cell as it is done, from several threads, one at a time
   * @return in the plan's order
   */
  static List<CellResult> run(ModesPlan plan, Consumer<CellResult> each)
      throws InterruptedException {
    ModelRegistry.Pair pair = ModelRegistry.standard().pair(ModelRegistry.NANO);
    try (Tokenizer tokenizer = Tokenizer.open(pair.target().directory());
        PickMemory target = new PickMemory(() -> load(pair.target()));
        PickMemory draft = new PickMemory(() -> load(pair.draft()))) {
      List<int[]> prompts = Texts.prompts(tokenizer, plan.prompts());
      ConcurrentLinkedQueue<Cell> waiting = new ConcurrentLinkedQueue<>(plan.cells());
      List<CellResult> done = new ArrayList<>();
      boolean colocated = plan.cells().stream().anyMatch(cell -> cell.serverDraftMs() > 0);
      int lanes = Math.min(plan.lanes(), plan.cells().size());
      ExecutorService threads = Executors.newFixedThreadPool(lanes);
      List<Future<?>> running = new ArrayList<>();
      try {
        for (int i = 0; i < lanes; i++) {
          running.add(
              threads.submit(
                  () -> {
                    try (Lane lane = new Lane(target, draft, tokenizer.vocabSize(), colocated)) {
                      for (Cell cell = waiting.poll(); cell != null; cell = waiting.poll()) {
                        CellResult result = new CellRun(plan, lane, cell, prompts).run();
                        synchronized (done) {
                          done.add(result);
                          each.accept(result);
                        }
                      }
                    }
                  }));
        }
        for (Future<?> lane : running) {
          lane.get();
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException
            ? (RuntimeException) e.getCause()
            : new IllegalStateException(e.getCause());
      } finally {
        threads.shutdownNow();
      }
      return plan.cells().stream()
          .flatMap(cell -> done.stream().filter(result -> result.cell().equals(cell)))
          .toList();
    }
  }

  private static LanguageModel load(ModelSource source) {
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      return LanguageModels.load(
          source.id(), checkpoint, new LoadOptions(Precision.FP32, "cpu", MEMORY_SLOTS, 0, 1));
    }
  }
}
