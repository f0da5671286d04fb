package dev.paceline.models.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.JsonFiles;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code paceline models ls}. */
@Command(
    name = "ls",
    mixinStandardHelpOptions = true,
    description = "Lists the built-in models and those in the hub's cache.")
final class ListCommand implements Callable<Integer> {
  private final PicocliRunner runner;

  @Option(names = "--json", description = "print one JSON array")
  private boolean json;

  ListCommand(PicocliRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() {
    ModelRegistry registry = new ModelRegistry(runner.environment());
    CacheDirectory cache = CacheDirectory.of(runner.environment());
    List<ModelSource> sources =
        new ArrayList<>(ModelRegistry.builtinIds().stream().map(registry::resolve).toList());
    sources.addAll(registry.cached());
    List<ModelSummary> models = new ArrayList<>();
    for (ModelSource source : sources) {
      try {
        models.add(ModelSummary.of(source, cache));
      } catch (UserError e) {
        runner.err().println("skipped " + source.id() + ": " + e.getMessage());
      }
    }
    if (json) {
      ArrayNode array = JsonFiles.mapper().createArrayNode();
      models.forEach(m -> array.add(m.json()));
      runner.out().println(array);
    } else {
      String format = "%-34s %10s  %-17s %-8s %12s  %s%n";
      runner
          .out()
          .printf(format, "MODEL", "PARAMETERS", "L × WIDTH × HEADS", "DTYPE", "SIZE", "FOLDER");
      for (ModelSummary m : models) {
        runner
            .out()
            .printf(
                format,
                m.source().id(),
                m.millions(),
                m.shape(),
                m.dtype(),
                m.size(),
                m.source().directory());
      }
    }
    return 0;
  }
}
