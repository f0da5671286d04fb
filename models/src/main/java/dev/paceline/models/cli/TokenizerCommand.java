package dev.paceline.models.cli;

import dev.paceline.common.cli.Command;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.tokenizer.ShippedTokenizers;
import dev.paceline.models.tokenizer.Tokenizer;
import dev.paceline.models.tokenizer.TokenizerCut;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code paceline tokenizer}: makes tokenizers. */
public final class TokenizerCommand implements Command {
  private final PicocliRunner runner;

  @CommandLine.Command(
      name = "paceline tokenizer",
      mixinStandardHelpOptions = true,
      description = "Makes tokenizers for small models.")
  private static final class Root implements Runnable {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
      throw new ParameterException(spec.commandLine(), "Missing command: cut");
    }
  }

  @CommandLine.Command(
      name = "cut",
      mixinStandardHelpOptions = true,
      description =
          "Writes a smaller byte-level BPE: the first merges of a larger one, with its ids, and"
              + " <|endoftext|> as the last id.")
  private static final class Cut implements Callable<Integer> {
    private final PicocliRunner runner;

    @Option(
        names = "--size",
        defaultValue = "4096",
        description = "ids, <|endoftext|> included (default: ${DEFAULT-VALUE})")
    private int size;

    @Option(
        names = "--from",
        paramLabel = "DIR",
        description = "a folder with the larger tokenizer (default: GPT-2's)")
    private @Nullable Path from;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "gets the files")
    private Path out = Path.of("");

    Cut(PicocliRunner runner) {
      this.runner = runner;
    }

    @Override
    public Integer call() {
      CacheDirectory cache = CacheDirectory.of(runner.environment());
      TokenizerCut.write(from == null ? gpt2(cache) : from, size, out, cache);
      try (Tokenizer made = Tokenizer.open(out, cache)) {
        runner.out().println(out + ": " + made.vocabSize() + " ids");
      }
      return 0;
    }

    private static Path gpt2(CacheDirectory cache) {
      return cache.obtain(
          cache.resolve("tokenizers", "gpt2"),
          folder -> {
            Files.createDirectories(folder);
            ShippedTokenizers.GPT2.write(folder);
          });
    }
  }

  /** With this process's environment and streams. */
  public TokenizerCommand() {
    this(PicocliRunner.standard());
  }

  TokenizerCommand(PicocliRunner runner) {
    this.runner = runner;
  }

  @Override
  public String name() {
    return "tokenizer";
  }

  @Override
  public String summary() {
    return "makes a smaller tokenizer out of a larger one";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    CommandSpec root = CommandSpec.forAnnotatedObject(new Root());
    CommandSpec cut = CommandSpec.forAnnotatedObject(new Cut(runner));
    root.addSubcommand(cut.name(), cut);
    return runner.run(root, arguments);
  }
}
