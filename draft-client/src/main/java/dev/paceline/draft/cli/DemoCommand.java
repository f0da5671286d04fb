package dev.paceline.draft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.common.local.LocalTarget;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.ModelDrafter;
import dev.paceline.draft.core.SoloDecoder;
import dev.paceline.draft.rpc.GrpcTransport;
import dev.paceline.draft.text.ColouredText;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code paceline demo}: the main job on one machine, a server and a client over loopback gRPC. */
public final class DemoCommand implements Command {
  @Override
  public String name() {
    return "demo";
  }

  @Override
  public String summary() {
    return "speculative decoding with the built-in pair, here and now";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    return PicocliRunner.standard().run(new Demo(), arguments);
  }

  @CommandLine.Command(
      name = "paceline demo",
      description = {
        "Starts a target server and a draft client in this process, streams verified text,",
        "and compares with the target alone."
      })
  private static final class Demo implements Callable<Integer> {
    @Option(
        names = "--model",
        paramLabel = "ID|DIR",
        defaultValue = ModelRegistry.NANO,
        description = "the target model, or a pair (default: ${DEFAULT-VALUE})")
    String model = "";

    @Option(
        names = "--draft-model",
        paramLabel = "ID|DIR",
        description = "the draft model (default: the pair's)")
    @Nullable String draftModel;

    @Option(
        names = "--prompt",
        defaultValue = "The captain walked slowly along the deck and",
        description = "what to continue (default: ${DEFAULT-VALUE})")
    String prompt = "";

    @Option(names = "--json", description = "print one JSON object on the last line")
    boolean json;

    @Mixin GenerationOptions options = new GenerationOptions();

    @Override
    public Integer call() throws Exception {
      ClientMode mode = options.mode();
      options.sampling();
      Precision precision = options.drafting.draftPrecision();
      ModelSource target = DraftModels.target(model);
      ModelSource draft = DraftModels.draft(draftModel == null ? model : draftModel);
      try (Tokenizer tokenizer = DraftModels.tokenizer(draft)) {
        int[] ids = tokenizer.encode(prompt);
        if (ids.length == 0) {
          throw new UserError("--prompt is empty");
        }
        DemoRun run =
            mode == ClientMode.DEVICE_ONLY
                ? deviceOnly(draft, target, precision, tokenizer, ids)
                : served(mode, draft, target, precision, tokenizer, ids);
        report(run);
        boolean same =
            run.verification() == VerificationMode.COUPLED || options.sampling().greedy();
        return run.matches() || mode == ClientMode.DEVICE_ONLY || !same ? 0 : 1;
      }
    }

    private DemoRun served(
        ClientMode mode,
        ModelSource draft,
        ModelSource target,
        Precision precision,
        Tokenizer tokenizer,
        int[] ids) {
      progress("starting " + target.id() + " on a loopback port");
      Map<String, String> server =
          Map.of("slots", "2", "threads", String.valueOf(options.drafting.threads));
      try (LocalTarget.Running running = localTarget().start(model, server)) {
        progress("loading " + draft.id());
        GrpcTransport transport =
            new GrpcTransport("127.0.0.1:" + running.port(), DraftModels.vocabulary(draft));
        ModelDrafter drafter =
            ModelDrafter.drafting(
                () ->
                    DraftModels.loadDraft(
                        draft, precision, options.drafting.threads, options.drafting.shortlist));
        try (DraftClient client = new DraftClient(transport, drafter)) {
          Runner runner =
              new Runner(client, "", tokenizer.fingerprint())
                  .verifying(options.drafting.control.verification());
          DecodeMode decode = mode.decodeMode();
          if (decode == null) {
            throw new IllegalStateException(mode + " needs no server");
          }
          warmUp(runner, decode, ids);
          progress("");
          TextPrinter printer = printer(tokenizer);
          Runner.Finished finished =
              runner.run(
                  ids,
                  decode,
                  options.drafting.control.draftOptions(),
                  options.sampling(),
                  options.maxTokens,
                  stopIds(tokenizer),
                  printer::print);
          printer.end();
          progress("running the same prompt without drafts");
          Runner.Finished alone =
              runner.run(
                  ids,
                  DecodeMode.SERVER_ONLY,
                  DraftOptions.withWindow(0),
                  options.sampling(),
                  options.maxTokens,
                  stopIds(tokenizer),
                  run -> {});
          boolean matches =
              Arrays.equals(finished.output(), targetAlone(target, tokenizer, ids))
                  && Arrays.equals(alone.output(), finished.output());
          progress("");
          return new DemoRun(
              RunResult.of(mode.optionName(), ids.length, finished.outcome().statistics()),
              RunResult.of("server-only", ids.length, alone.outcome().statistics()),
              matches,
              options.drafting.control.verification());
        }
      }
    }

    private DemoRun deviceOnly(
        ModelSource draft,
        ModelSource target,
        Precision precision,
        Tokenizer tokenizer,
        int[] ids) {
      try (LanguageModel model = DraftModels.load(draft, precision, options.drafting.threads)) {
        TextPrinter printer = printer(tokenizer);
        SoloTiming timing = new SoloTiming(printer::print);
        int[] output =
            SoloDecoder.decode(
                model, ids, options.sampling(), options.maxTokens, stopIds(tokenizer), timing);
        printer.end();
        RunResult result = timing.result("device-only", ids.length, output.length);
        return new DemoRun(
            result,
            null,
            Arrays.equals(output, targetAlone(target, tokenizer, ids)),
            VerificationMode.COUPLED);
      }
    }

    private static final DraftOptions WARM_UP = DraftOptions.withWindow(8);

    /** The words of the first seconds of a virtual machine are not those of a running system. */
    private void warmUp(Runner runner, DecodeMode decode, int[] ids) {
      for (DecodeMode mode : new DecodeMode[] {decode, DecodeMode.SERVER_ONLY}) {
        runner.run(ids, mode, WARM_UP, options.sampling(), 48, new int[0], run -> {});
      }
    }

    /** What the target model writes when nobody drafts and no server is involved. */
    private int[] targetAlone(ModelSource target, Tokenizer tokenizer, int[] ids) {
      progress("running the target model alone");
      try (LanguageModel model =
          DraftModels.load(target, Precision.FP32, options.drafting.threads)) {
        return SoloDecoder.decode(
            model, ids, options.sampling(), options.maxTokens, stopIds(tokenizer), id -> {});
      }
    }

    private static int[] stopIds(Tokenizer tokenizer) {
      return tokenizer.eosToken() < 0 ? new int[0] : new int[] {tokenizer.eosToken()};
    }

    private static LocalTarget localTarget() {
      return ServiceLoader.load(LocalTarget.class)
          .findFirst()
          .orElseThrow(() -> new UserError("the target server is not part of this installation"));
    }

    private TextPrinter printer(Tokenizer tokenizer) {
      boolean colour = Terminals.coloured();
      if (colour) {
        System.out.println(ColouredText.legend());
        System.out.println();
      }
      System.out.print(prompt);
      return new TextPrinter(new ColouredText(System.out, colour), tokenizer.streamingDecoder());
    }

    /** One line on a terminal that the next one replaces. */
    private static void progress(String what) {
      if (Terminals.coloured()) {
        System.err.print(what.isEmpty() ? "\r\033[K" : "\r\033[K" + what + " ...");
        System.err.flush();
      }
    }

    private void report(DemoRun run) throws Exception {
      if (json) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode node = mapper.valueToTree(run.result());
        RunResult alone = run.serverOnly();
        node.put("server_only_tpot_ms", alone == null ? null : (Double) alone.tpotMs());
        node.put("matches_target_only", run.matches());
        System.out.println(mapper.writeValueAsString(node));
      } else {
        run.print(System.out);
      }
    }
  }
}
