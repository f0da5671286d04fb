package dev.paceline.draft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.ModelDrafter;
import dev.paceline.draft.core.ServerSet;
import dev.paceline.draft.core.SoloDecoder;
import dev.paceline.draft.rpc.CandidateServers;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import dev.paceline.v1.DescribeResponse;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
    @Option(
        names = "--server",
        paramLabel = "HOST:PORT[,...]",
        description = "the target server; others after it take over when it is lost")
    @Nullable String server;

    @Option(
        names = "--model",
        required = true,
        paramLabel = "ID|DIR",
        description = "the draft model, or a pair of which the draft is taken")
    String model = "";

    @Option(names = "--prompt", required = true, description = "what to continue")
    String prompt = "";

    @Mixin ClientSecurityFlags security = new ClientSecurityFlags();

    @Mixin LinkFlags link = new LinkFlags();

    @Mixin GenerationOptions options = new GenerationOptions();

    @Override
    public Integer call() throws Exception {
      ClientMode mode = options.mode();
      Precision precision = options.draftPrecision();
      options.sampling();
      ModelSource source = DraftModels.draft(model);
      try (Tokenizer tokenizer = DraftModels.tokenizer(source)) {
        int[] ids = tokenizer.encode(prompt);
        if (ids.length == 0) {
          throw new UserError("--prompt is empty");
        }
        DecodeMode decode = mode.decodeMode();
        RunResult result =
            decode == null
                ? deviceOnly(source, precision, tokenizer, ids)
                : served(source, precision, tokenizer, ids, mode, decode);
        if (options.json) {
          System.out.println(new ObjectMapper().writeValueAsString(result));
        }
      }
      return 0;
    }

    private RunResult deviceOnly(
        ModelSource source, Precision precision, Tokenizer tokenizer, int[] ids) {
      try (LanguageModel draft = DraftModels.load(source, precision, options.threads)) {
        TextPrinter printer = new TextPrinter(System.out, tokenizer.streamingDecoder(), false);
        SoloTiming timing = new SoloTiming(printer::print);
        int[] output =
            SoloDecoder.decode(
                draft, ids, options.sampling(), options.maxTokens, stopIds(tokenizer), timing);
        printer.end();
        return timing.result(ClientMode.DEVICE_ONLY.optionName(), ids.length, output.length);
      }
    }

    private RunResult served(
        ModelSource source,
        Precision precision,
        Tokenizer tokenizer,
        int[] ids,
        ClientMode mode,
        DecodeMode decode) {
      if (server == null) {
        throw new UserError("--server HOST:PORT is needed to decode " + mode.optionName());
      }
      CandidateServers servers =
          CandidateServers.open(
              server,
              DraftModels.vocabulary(source),
              link.channelOptions(security.toClientSecurity()),
              sentence -> System.err.println("paceline: " + sentence));
      ServerSet transport = servers.transport();
      ModelDrafter drafter = null;
      try {
        DescribeResponse offered = servers.offered();
        requireSameTokenizer(offered, source, tokenizer);
        int context = offered.getLimits().getContextLength();
        if (ids.length >= context) {
          throw new UserError(
              "the prompt has "
                  + ids.length
                  + " tokens, but the context of the server's model holds "
                  + context
                  + " with at least one output token");
        }
        if (decode.drafts()) {
          drafter =
              ModelDrafter.drafting(
                  () ->
                      DraftModels.loadDraft(source, precision, options.threads, options.shortlist));
        }
      } catch (RuntimeException e) {
        transport.close();
        throw e;
      }
      try (DraftClient client = new DraftClient(transport, drafter)) {
        TextPrinter printer =
            new TextPrinter(System.out, tokenizer.streamingDecoder(), TextPrinter.terminal());
        Runner.Finished finished =
            new Runner(client, "", tokenizer.fingerprint())
                .run(
                    ids,
                    decode,
                    options.control.draftOptions(),
                    options.sampling(),
                    options.maxTokens,
                    stopIds(tokenizer),
                    printer::print);
        printer.end();
        return RunResult.of(mode.optionName(), ids.length, finished.outcome().statistics());
      }
    }

    /** Two tokenizers would exchange ids that mean different text. */
    private static void requireSameTokenizer(
        DescribeResponse offered, ModelSource source, Tokenizer tokenizer) {
      String theirs = HexFormat.of().formatHex(offered.getTokenizerFingerprint().toByteArray());
      String ours = tokenizer.fingerprint();
      if (!theirs.isEmpty() && !theirs.equals(ours)) {
        throw new UserError(
            "the tokenizer of draft model '"
                + source.id()
                + "' ("
                + ours.substring(0, 12)
                + ") is not the tokenizer of the server's model '"
                + offered.getModelId()
                + "' ("
                + theirs.substring(0, 12)
                + ")");
      }
    }

    private static int[] stopIds(Tokenizer tokenizer) {
      return tokenizer.eosToken() < 0 ? new int[0] : new int[] {tokenizer.eosToken()};
    }
  }
}
