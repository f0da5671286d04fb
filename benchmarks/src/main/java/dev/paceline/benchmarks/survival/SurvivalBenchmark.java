package dev.paceline.benchmarks.survival;

import dev.paceline.benchmarks.emulation.EmulatedDrafter;
import dev.paceline.benchmarks.emulation.PickMemory;
import dev.paceline.benchmarks.emulation.StepTime;
import dev.paceline.benchmarks.modes.Texts;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs the texts of a plan, several at a time: emulated devices wait rather than compute. */
final class SurvivalBenchmark {
  private static final int MEMORY_SLOTS = 8;
  private static final StepTime STEP = new StepTime(20, 0.2);
  private static final double DRAFT_MS = 5;

  private final SurvivalPlan plan;
  private final PickMemory target;
  private final PickMemory draft;
  private final Tokenizer tokenizer;
  private final SurvivalTexts texts;

  private SurvivalBenchmark(
      SurvivalPlan plan,
      PickMemory target,
      PickMemory draft,
      Tokenizer tokenizer,
      SurvivalTexts texts) {
    this.plan = plan;
    this.target = target;
    this.draft = draft;
    this.tokenizer = tokenizer;
    this.texts = texts;
  }

  /**
   * Measures.
   *
   * @param each told of every kind of fault as it is done
   */
  static List<FaultResult> run(SurvivalPlan plan, Consumer<FaultResult> each)
      throws InterruptedException {
    ModelRegistry.Pair pair = ModelRegistry.standard().pair(ModelRegistry.NANO);
    try (Tokenizer tokenizer = Tokenizer.open(pair.target().directory());
        PickMemory target = new PickMemory(() -> load(pair.target()));
        PickMemory draft = new PickMemory(() -> load(pair.draft()));
        LanguageModel alone = load(pair.target());
        SurvivalTexts texts =
            new SurvivalTexts(
                alone,
                List.of(target, draft),
                Texts.prompts(tokenizer, Texts.available()),
                Math.max(plan.tokens(), plan.longTokens()))) {
      SurvivalBenchmark benchmark = new SurvivalBenchmark(plan, target, draft, tokenizer, texts);
      List<FaultResult> results = new ArrayList<>();
      for (Fault fault : Fault.values()) {
        if (plan.texts().getOrDefault(fault, 0) > 0) {
          FaultResult result = benchmark.all(fault);
          results.add(result);
          each.accept(result);
        }
      }
      return results;
    }
  }

  private static LanguageModel load(ModelSource source) {
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      return LanguageModels.load(
          source.id(), checkpoint, new LoadOptions(Precision.FP32, "cpu", MEMORY_SLOTS, 0, 1));
    }
  }

  private Site site(Fault fault) {
    Supplier<Host> host = () -> new EmulatedHost(target, STEP);
    List<Host> hosts =
        switch (fault) {
          case KILL -> List.of(new ChildHost());
          case MOVE -> List.of(host.get(), host.get());
          default -> List.of(host.get());
        };
    EmulatedDrafter drafter = new EmulatedDrafter(draft);
    drafter.speed(DRAFT_MS);
    return new Site(hosts, tokenizer.vocabSize(), drafter);
  }

  private FaultResult all(Fault fault) throws InterruptedException {
    int count = plan.texts().getOrDefault(fault, 0);
    int lanes = fault == Fault.KILL ? 1 : Math.min(plan.lanes(), count);
    FaultResult result = new FaultResult(fault);
    AtomicInteger next = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(lanes);
    List<Future<?>> running = new ArrayList<>();
    try {
      for (int lane = 0; lane < lanes; lane++) {
        running.add(
            threads.submit(
                () -> {
                  try (Site site = site(fault)) {
                    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                      new OneText(plan, texts, site, fault, i).run(result);
                    }
                    return null;
                  }
                }));
      }
      for (Future<?> lane : running) {
        lane.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
    return result;
  }
}
