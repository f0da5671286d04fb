package dev.paceline.draft.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.ModelDrafter;
import dev.paceline.draft.rpc.CandidateServers;
import dev.paceline.draft.text.TextModel;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import dev.paceline.v1.DescribeResponse;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say whose text it is, and what opens it. */
final class TextModels {
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

  @Mixin ClientSecurityFlags security = new ClientSecurityFlags();

  @Mixin LinkFlags link = new LinkFlags();

  /** Of every model opened here: there is one trace. */
  private @Nullable DraftOptions drafting;

  /** The draft model. */
  ModelSource source() {
    return DraftModels.draft(model);
  }

  /**
   * Connects and loads.
   *
   * @param tokenizer of the source; stays the caller's
   * @throws UserError if no server can be used or an option is wrong
   */
  TextModel open(ModelSource source, Tokenizer tokenizer, DraftingFlags options) {
    ClientMode mode = options.mode();
    DecodeMode decode = mode.decodeMode();
    return decode == null
        ? alone(source, tokenizer, options, false)
        : served(source, tokenizer, options, mode, decode);
  }

  private static TextModel alone(
      ModelSource source, Tokenizer tokenizer, DraftingFlags options, boolean standsIn) {
    Precision precision = options.draftPrecision();
    return new DeviceText(
        tokenizer, () -> DraftModels.load(source, precision, options.threads), standsIn);
  }

  private TextModel served(
      ModelSource source,
      Tokenizer tokenizer,
      DraftingFlags options,
      ClientMode mode,
      DecodeMode decode) {
    if (server == null) {
      throw new UserError("--server HOST:PORT is needed to decode " + mode.optionName());
    }
    if (drafting == null) {
      drafting = link.survive(options.control.draftOptions(DraftModels.parameters(source)));
    }
    CandidateServers servers;
    try {
      servers =
          CandidateServers.open(
              server,
              DraftModels.vocabulary(source),
              link.channelOptions(security.toClientSecurity()),
              TextModels::status);
    } catch (UserError e) {
      if (!drafting.offline() || !CandidateServers.nobodyAnswers(e)) {
        throw e;
      }
      status(e.getMessage() + "; the draft model writes alone");
      return alone(source, tokenizer, options, true);
    }
    ModelDrafter drafter = null;
    try {
      requireSameTokenizer(servers.offered(), source, tokenizer);
      if (decode.drafts() || drafting.offline()) {
        Precision precision = options.draftPrecision();
        drafter =
            ModelDrafter.drafting(
                () -> DraftModels.loadDraft(source, precision, options.threads, options.shortlist));
      }
    } catch (RuntimeException e) {
      servers.transport().close();
      throw e;
    }
    return new ServedText(
        tokenizer,
        new DraftClient(servers.transport(), drafter),
        servers.offered().getModelId(),
        servers.offered().getLimits().getContextLength(),
        decode,
        drafting,
        options.control.verification());
  }

  private static void status(String sentence) {
    System.err.println("paceline: " + sentence);
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
}
