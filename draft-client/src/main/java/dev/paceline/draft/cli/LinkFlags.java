package dev.paceline.draft.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.draft.rpc.ChannelOptions;
import dev.paceline.draft.rpc.ClientSecurity;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What to do about links and servers that fail: for every command that talks to a server. */
final class LinkFlags {
  private static final String DEVICE_ONLY = "device-only";
  private static final int MOST_SECONDS = 86_400;

  /** In a row, after which the server is at fault. */
  private static final int WRONG_ANSWERS = 5;

  @Option(
      names = "--keep-alive",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "after so much silence ask the server whether it is there; without an answer in half of"
              + " that the connection counts as lost (default: ${DEFAULT-VALUE})")
  private int keepAliveSeconds = 10;

  @Option(
      names = "--give-up",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "try so long to reach a server again when all are lost, then stop (default:"
              + " ${DEFAULT-VALUE})")
  private int giveUpSeconds = 60;

  @Option(
      names = "--offline",
      paramLabel = "WHAT",
      defaultValue = "stop",
      description =
          "then: stop, or device-only: the draft model goes on alone, in draft quality (default:"
              + " ${DEFAULT-VALUE})")
  private String offline = "stop";

  /**
   * How sessions of this command survive.
   *
   * @throws UserError if an option is wrong
   */
  DraftOptions survive(DraftOptions options) {
    if (giveUpSeconds < 1 || giveUpSeconds > MOST_SECONDS) {
      throw new UserError(
          "--give-up " + giveUpSeconds + " is not between 1 and " + MOST_SECONDS + " seconds");
    }
    return options
        .withAttempts(WRONG_ANSWERS)
        .withGiveUp(giveUpSeconds * 1_000_000_000L)
        .withOffline(goesOnOffline());
  }

  /**
   * Whether the draft model goes on alone when no server is left.
   *
   * @throws UserError if the option is wrong
   */
  boolean goesOnOffline() {
    if (!offline.equals("stop") && !offline.equals(DEVICE_ONLY)) {
      throw new UserError("--offline '" + offline + "' is neither stop nor " + DEVICE_ONLY);
    }
    return offline.equals(DEVICE_ONLY);
  }

  /**
   * @throws UserError if the time is out of range
   */
  ChannelOptions channelOptions(ClientSecurity security) {
    return new ChannelOptions(security, Duration.ofSeconds(keepAliveSeconds));
  }
}
