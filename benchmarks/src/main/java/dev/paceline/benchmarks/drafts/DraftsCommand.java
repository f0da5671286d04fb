package dev.paceline.benchmarks.drafts;

import dev.paceline.benchmarks.modes.Texts;
import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.lm.DraftModel;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.lm.StepDraftModel;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code paceline bench drafts}. */
@Command(
    name = "drafts",
    mixinStandardHelpOptions = true,
    description = {
      "Times every way to draft, interleaved, and for a pair counts how often its tokens are",
      "the target's: milliseconds per draft token, acceptance, and their quotient."
    })
public final class DraftsCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "ID|DIR",
      defaultValue = ModelRegistry.NANO,
      description = "a pair, or a draft model alone (default: ${DEFAULT-VALUE})")
  private String model = "";

  @Option(
      names = "--rounds",
      defaultValue = "60",
      description = "interleaved repetitions of 8 tokens (default: ${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--context",
      defaultValue = "64",
      description = "positions before the drafts (default: ${DEFAULT-VALUE})")
  private int context;

  @Option(
      names = "--tokens",
      defaultValue = "200",
      description = "of each of 8 texts that acceptance is counted on (default: ${DEFAULT-VALUE})")
  private int tokens;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "of the CPU for one operation (default: ${DEFAULT-VALUE})")
  private int threads;

  @Override
  public Integer call() {
    if (rounds < 1 || tokens < 1 || context < 1 || threads < 1) {
      throw new UserError("--rounds, --tokens, --context and --threads must be positive");
    }
    ModelRegistry registry = ModelRegistry.standard();
    ModelRegistry.@Nullable Pair pair = ModelRegistry.isPair(model) ? registry.pair(model) : null;
    ModelSource source = pair == null ? registry.resolve(model) : pair.draft();
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      List<Variant> variants = Variant.all(checkpoint.config());
      List<DraftModel> models = Variant.load(variants, v -> load(source, checkpoint, v));
      try {
        print(source, pair, variants, models);
      } finally {
        Set<DraftModel> distinct = new HashSet<>(models);
        distinct.forEach(DraftModel::close);
      }
    }
    return 0;
  }

  private DraftModel load(ModelSource source, Gpt2Checkpoint checkpoint, Variant variant) {
    LoadOptions options = LoadOptions.of(variant.precision()).withThreads(threads);
    return variant.program()
        ? LanguageModels.loadDraft(source.id(), checkpoint, options, variant.shortlist())
        : new StepDraftModel(LanguageModels.load(source.id(), checkpoint, options));
  }

  private void print(
      ModelSource source,
      ModelRegistry.@Nullable Pair pair,
      List<Variant> variants,
      List<DraftModel> models) {
    System.out.printf(
        "%s, %d threads, %d positions before, medians of %d interleaved%n%n",
        source.id(), threads, context, rounds);
    System.out.println(
        "| weights | program | tokens | drafts/call | T | ms/draft | acceptance | ms/accepted |");
    System.out.println("|:--|:--|--:|--:|--:|--:|--:|--:|");
    for (float temperature : new float[] {0, 1}) {
      SamplingParams sampling = new SamplingParams(temperature, 0, 1, 1);
      double[] times = DraftTiming.run(variants, models, context, rounds, sampling);
      DraftAcceptance acceptance = pair == null ? null : acceptance(pair, sampling);
      for (int i = 0; i < variants.size(); i++) {
        String rest = " – | – |";
        if (acceptance != null) {
          double share = acceptance.of(models.get(i));
          rest = String.format(" %.3f | %.3f |", share, times[i] / share);
        }
        System.out.printf("| %s | %.0f | %.3f |%s%n", variants.get(i), temperature, times[i], rest);
      }
    }
  }

  private DraftAcceptance acceptance(ModelRegistry.Pair pair, SamplingParams sampling) {
    LoadOptions options = LoadOptions.of(Precision.FP32).withThreads(threads);
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(pair.target().directory());
        LanguageModel target = LanguageModels.load(pair.target().id(), checkpoint, options);
        Tokenizer tokenizer = Tokenizer.open(pair.draft().directory())) {
      List<int[]> prompts = Texts.prompts(tokenizer, Texts.available());
      return new DraftAcceptance(target, prompts, tokens, sampling);
    }
  }
}
