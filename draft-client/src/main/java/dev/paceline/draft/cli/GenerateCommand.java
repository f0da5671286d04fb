package dev.paceline.draft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.draft.text.Cancellation;
import dev.paceline.draft.text.ColouredText;
import dev.paceline.draft.text.TextModel;
import dev.paceline.draft.text.TextRequest;
import dev.paceline.draft.text.TextResult;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code paceline generate}: text from a target server. */
public final class GenerateCommand implements Command {
  @Override
  public String name() {
    return "generate";
  }

  @Override
  public String summary() {
    return "generate text with a target server";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    return PicocliRunner.standard().run(new Generate(), arguments);
  }

  @CommandLine.Command(
      name = "paceline generate",
      description = "Generates text: drafts here, the target server verifies.")
  private static final class Generate implements Callable<Integer> {
    @Mixin TextModels models = new TextModels();

    @Mixin PromptFlags prompts = new PromptFlags();

    @Option(
        names = "--stop",
        paramLabel = "TEXT",
        description = "end the text before this; may be given several times")
    List<String> stops = new ArrayList<>();

    @Option(names = "--json", description = "print one JSON object on the last line")
    boolean json;

    @Mixin GenerationOptions options = new GenerationOptions();

    @Override
    public Integer call() throws Exception {
      options.mode();
      options.sampling();
      if (stops.contains("")) {
        throw new UserError("--stop '' is empty");
      }
      ModelSource source = models.source();
      return prompts.many() ? many(source) : one(source, prompts.prompt());
    }

    private int one(ModelSource source, String prompt) throws Exception {
      try (Tokenizer tokenizer = DraftModels.tokenizer(source);
          TextModel model = models.open(source, tokenizer, options.drafting)) {
        TextRequest request =
            new TextRequest(
                tokenizer.encode(prompt), options.sampling(), options.maxTokens, stops, false);
        boolean served = options.mode() != ClientMode.DEVICE_ONLY;
        ColouredText printer = new ColouredText(System.out, served && Terminals.coloured());
        TextResult result;
        try {
          result = model.run(request, printer::print, new Cancellation());
        } finally {
          // The text so far stays, whatever happened.
          printer.end();
        }
        if (json) {
          String mode = options.mode().optionName();
          System.out.println(new ObjectMapper().writeValueAsString(RunResult.of(mode, result)));
        }
      }
      return 0;
    }

    private int many(ModelSource source) throws Exception {
      try (InputStream lines = prompts.lines();
          Tokenizer tokenizer = DraftModels.tokenizer(source);
          TextModel model = models.open(source, tokenizer, options.drafting)) {
        Batch batch = new Batch(model, options, stops, System.out);
        int failed = batch.run(lines);
        if (failed > 0) {
          System.err.println("paceline: " + failed + " of " + batch.lines() + " lines failed");
        }
        return failed > 0 ? 1 : 0;
      }
    }
  }
}
