package dev.paceline.target.admission;

import dev.paceline.common.UserError;

/**
 * What an operator may set about who is let in.
 *
 * @param maxQueue sessions that may wait for a slot
 * @param maxWaitMillis longest expected wait for a slot
 * @param maxPromptTokens longest prompt; 0 for as many as the context holds
 * @param opensPerSecond streams that one peer may open per second, twice that at once
 * @param framesPerSecond frames that one stream may send per second, a fifth of it at once
 * @param idleSeconds how long a stream may say nothing while it has to: before its open frame, and
 *     in modes whose output stands still without drafts
 */
public record AdmissionOptions(
    int maxQueue,
    long maxWaitMillis,
    int maxPromptTokens,
    double opensPerSecond,
    double framesPerSecond,
    int idleSeconds) {
  /** For those who are not told otherwise; a slow device drafts a block in less. */
  public static final int USUAL_IDLE_SECONDS = 120;

  private static final int LONGEST_IDLE_SECONDS = 86_400;

  /** Mean length of a session until one has ended. */
  static final long GUESSED_SESSION_MILLIS = 5000;

  /** Peers whose rate of opens is remembered. */
  static final int PEERS = 4096;

  /** Draft tokens of one stream that may wait for the engine to look at them. */
  static final int MAX_UNDELIVERED = 8192;

  public AdmissionOptions {
    if (maxQueue < 0) {
      throw new UserError("--max-queue " + maxQueue + " is negative");
    }
    if (maxWaitMillis < 0) {
      throw new UserError("--max-wait-ms " + maxWaitMillis + " is negative");
    }
    if (maxPromptTokens < 0) {
      throw new UserError("--max-prompt-tokens " + maxPromptTokens + " is negative");
    }
    rate("--opens-per-second", opensPerSecond);
    rate("--frames-per-second", framesPerSecond);
    if (idleSeconds < 1 || idleSeconds > LONGEST_IDLE_SECONDS) {
      throw new UserError("--idle-seconds " + idleSeconds + " is not between 1 and 86400");
    }
  }

  /** With the usual patience. */
  public AdmissionOptions(
      int maxQueue,
      long maxWaitMillis,
      int maxPromptTokens,
      double opensPerSecond,
      double framesPerSecond) {
    this(
        maxQueue,
        maxWaitMillis,
        maxPromptTokens,
        opensPerSecond,
        framesPerSecond,
        USUAL_IDLE_SECONDS);
  }

  private static void rate(String option, double value) {
    if (!(value >= 1 && value <= 1e9)) {
      throw new UserError(option + " " + value + " is not between 1 and 1e9");
    }
  }
}
