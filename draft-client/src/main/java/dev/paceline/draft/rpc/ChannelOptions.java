package dev.paceline.draft.rpc;

import dev.paceline.common.UserError;
import java.time.Duration;

/**
 * How a client holds its connection to a server.
 *
 * @param keepAlive silence after which the server is asked whether it is there; if it does not
 *     answer within half of that, the connection counts as lost. 10 s at least, since gRPC allows
 *     no less
 */
public record ChannelOptions(ClientSecurity security, Duration keepAlive) {
  /** For those who are not told otherwise: a dead connection is noticed within 15 s. */
  public static final Duration USUAL_KEEP_ALIVE = Duration.ofSeconds(10);

  private static final Duration LONGEST = Duration.ofHours(1);

  /**
   * @throws UserError if the time is not between 10 s and an hour
   */
  public ChannelOptions {
    if (keepAlive.compareTo(USUAL_KEEP_ALIVE) < 0 || keepAlive.compareTo(LONGEST) > 0) {
      throw new UserError(
          "--keep-alive " + keepAlive.toSeconds() + " is not between 10 and 3600 seconds");
    }
  }

  /** The usual times. */
  public static ChannelOptions of(ClientSecurity security) {
    return new ChannelOptions(security, USUAL_KEEP_ALIVE);
  }
}
