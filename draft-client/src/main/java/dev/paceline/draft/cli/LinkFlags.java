package dev.paceline.draft.cli;

import dev.paceline.draft.rpc.ChannelOptions;
import dev.paceline.draft.rpc.ClientSecurity;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What to do about links and servers that fail: for every command that talks to a server. */
final class LinkFlags {
  @Option(
      names = "--keep-alive",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "after so much silence ask the server whether it is there; without an answer in half of"
              + " that the connection counts as lost (default: ${DEFAULT-VALUE})")
  private int keepAliveSeconds = 10;

  /**
   * @throws dev.paceline.common.UserError if the time is out of range
   */
  ChannelOptions channelOptions(ClientSecurity security) {
    return new ChannelOptions(security, Duration.ofSeconds(keepAliveSeconds));
  }
}
