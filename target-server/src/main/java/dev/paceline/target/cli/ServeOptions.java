package dev.paceline.target.cli;

import dev.paceline.common.UserError;
import dev.paceline.models.compile.Precision;
import dev.paceline.target.ServerDraft;
import dev.paceline.target.ServerOptions;
import dev.paceline.target.engine.EngineOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code paceline serve}. */
final class ServeOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "ID|DIR",
      description = "the target model: a built-in id, a folder, or an id in the hub's cache")
  String model = "";

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "address to listen on (default: ${DEFAULT-VALUE})")
  String host = "";

  @Option(
      names = "--port",
      defaultValue = "7411",
      description = "0 takes a free one (default: ${DEFAULT-VALUE})")
  int port;

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "auto",
      description =
          "fp32, bf16, fp16 (CUDA) or int8; auto: fp16 on CUDA, else fp32 (default:"
              + " ${DEFAULT-VALUE})")
  String precision = "";

  @Option(
      names = "--device",
      paramLabel = "D[,D...]",
      defaultValue = "auto",
      description =
          "auto, cpu, cuda or cuda:N; several with commas: an engine on each, behind one port"
              + " (default: ${DEFAULT-VALUE})")
  String device = "";

  @Option(
      names = "--draft-model",
      paramLabel = "ID|DIR",
      description =
          "draft here, for clients that ask for --decode colocated and for those whose own drafts"
              + " are useless")
  @Nullable String draftModel;

  @Option(
      names = "--draft-precision",
      paramLabel = "P",
      defaultValue = "auto",
      description =
          "of that model; auto: fp16 on CUDA, else int8-dynamic where there is a kernel (default:"
              + " ${DEFAULT-VALUE})")
  String draftPrecision = "";

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "auto",
      description =
          "sessions that decode at the same time; auto: as the free memory allows, at most 64"
              + " (default: ${DEFAULT-VALUE})")
  String slots = "";

  @Option(
      names = "--ctx-size",
      paramLabel = "N",
      defaultValue = "0",
      description = "positions per session; 0 for the model's own")
  int contextLength;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "of the CPU for one step; 0 chooses by the model's size")
  int threads;

  @Option(
      names = "--row-budget",
      paramLabel = "N",
      defaultValue = "256",
      description = "rows of one step over all sessions (default: ${DEFAULT-VALUE})")
  int rowBudget;

  @Option(
      names = "--prefill-chunk",
      paramLabel = "N",
      defaultValue = "64",
      description = "rows of one prompt in one step (default: ${DEFAULT-VALUE})")
  int prefillChunk;

  @Option(
      names = "--max-window",
      paramLabel = "N",
      defaultValue = "64",
      description = "draft tokens of one session in flight (default: ${DEFAULT-VALUE})")
  int maxWindow;

  @Option(
      names = "--max-sessions",
      paramLabel = "N",
      defaultValue = "0",
      description = "sessions that run at once; 0 for one per slot")
  int maxSessions;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "0",
      description = "output tokens of one generation; 0 for as many as the context holds")
  int maxTokens;

  @Mixin AdmissionFlags admission = new AdmissionFlags();
  @Mixin SecurityFlags security = new SecurityFlags();

  @Option(
      names = "--keep-alive",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "after so much silence ask a client whether it is there; without an answer in half of"
              + " that its sessions end (default: ${DEFAULT-VALUE})")
  int keepAliveSeconds;

  @Option(
      names = "--drain-seconds",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "after SIGTERM let sessions finish so long, then hand them back (default:"
              + " ${DEFAULT-VALUE})")
  int drainSeconds;

  @Option(
      names = "--log-format",
      paramLabel = "F",
      defaultValue = "text",
      description = "text or json, on stderr (default: ${DEFAULT-VALUE})")
  String logFormat = "";

  @Option(
      names = "--log-level",
      paramLabel = "L",
      defaultValue = "info",
      description = "error, warn, info, debug, trace or off (default: ${DEFAULT-VALUE})")
  String logLevel = "";

  @Option(
      names = "--admin-port",
      paramLabel = "N",
      description =
          "serve /health, /metrics, /debug/sessions and POST /sessions/ID/weight on this loopback"
              + " port; 0 takes a free one (default: off)")
  @Nullable Integer adminPort;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  boolean help;

  private OptionalInt slotCount() {
    if (slots.equals("auto")) {
      return OptionalInt.empty();
    }
    if (!slots.matches("[0-9]{1,4}")) {
      throw new UserError("--slots '" + slots + "' is neither a number nor auto");
    }
    return OptionalInt.of(Integer.parseInt(slots));
  }

  private static @Nullable Precision precision(String value) {
    return value.equals("auto") ? null : Precision.parse(value);
  }

  ServerOptions toServerOptions() {
    return new ServerOptions(
        model,
        host,
        port,
        precision(precision),
        device,
        slotCount(),
        contextLength,
        threads,
        new EngineOptions(rowBudget, prefillChunk, maxWindow, maxSessions, maxTokens),
        admission.toAdmissionOptions(),
        security.toSecurityOptions(),
        adminPort == null ? OptionalInt.empty() : OptionalInt.of(adminPort),
        Optional.ofNullable(draftModel).map(id -> new ServerDraft(id, precision(draftPrecision))),
        Duration.ofSeconds(keepAliveSeconds));
  }
}
