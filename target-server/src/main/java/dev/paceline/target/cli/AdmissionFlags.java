package dev.paceline.target.cli;

import dev.paceline.target.admission.AdmissionOptions;
import picocli.CommandLine.Option;

/** The options of {@code paceline serve} about who is let in. */
final class AdmissionFlags {
  @Option(
      names = "--max-queue",
      paramLabel = "N",
      defaultValue = "64",
      description = "sessions that may wait for a slot (default: ${DEFAULT-VALUE})")
  int maxQueue;

  @Option(
      names = "--max-wait-ms",
      paramLabel = "MS",
      defaultValue = "60000",
      description = "longest expected wait for a slot (default: ${DEFAULT-VALUE})")
  long maxWaitMillis;

  @Option(
      names = "--max-prompt-tokens",
      paramLabel = "N",
      defaultValue = "0",
      description = "longest prompt; 0 for as many as the context holds")
  int maxPromptTokens;

  @Option(
      names = "--opens-per-second",
      paramLabel = "N",
      defaultValue = "1000",
      description = "streams that one peer may open (default: ${DEFAULT-VALUE})")
  double opensPerSecond;

  @Option(
      names = "--frames-per-second",
      paramLabel = "N",
      defaultValue = "20000",
      description = "frames that one stream may send (default: ${DEFAULT-VALUE})")
  double framesPerSecond;

  @Option(
      names = "--idle-seconds",
      paramLabel = "N",
      defaultValue = "120",
      description =
          "end a stream that says nothing for so long while the server waits for it: for its open"
              + " frame, for drafts in sync and pearl (default: ${DEFAULT-VALUE})")
  int idleSeconds;

  AdmissionOptions toAdmissionOptions() {
    return new AdmissionOptions(
        maxQueue, maxWaitMillis, maxPromptTokens, opensPerSecond, framesPerSecond, idleSeconds);
  }
}
