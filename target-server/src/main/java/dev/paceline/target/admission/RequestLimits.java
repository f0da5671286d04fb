package dev.paceline.target.admission;

import dev.paceline.common.UserError;
import org.jspecify.annotations.Nullable;

/**
 * What one session may ask for.
 *
 * @param contextLength positions of a slot; prompt and output together stay within
 * @param maxPromptTokens longest prompt, resumed output included
 * @param maxTokens most output tokens of a generation
 * @param maxInFlight draft tokens that may wait for their verdict; 0 turns drafts off
 * @param framesPerSecond client frames per second in the long run
 * @param frameBurst client frames at once
 * @param maxMessageBytes size of one client frame, for the transport's inbound limit
 */
public record RequestLimits(
    int contextLength,
    int maxPromptTokens,
    int maxTokens,
    int maxInFlight,
    double framesPerSecond,
    int frameBurst,
    int maxMessageBytes) {

  public RequestLimits {
    atLeast("context length", contextLength, 2);
    atLeast("largest prompt", maxPromptTokens, 1);
    atLeast("largest output", maxTokens, 1);
    atLeast("draft tokens in flight", maxInFlight, 0);
    atLeast("frame burst", frameBurst, 1);
    atLeast("message size", maxMessageBytes, 1024);
    if (!(framesPerSecond > 0)) {
      throw new UserError("frames per second " + framesPerSecond + " is not positive");
    }
  }

  /**
   * Defaults for a slot: no limit on prompt and output but the slot itself, 64 draft tokens in
   * flight, 500 frames per second (a draft token every 2 ms) in bursts of 128, and messages with
   * room for a full prompt (5 bytes a token on the wire, twice that in reserve, 64 KiB at least).
   */
  public static RequestLimits forContext(int contextLength) {
    return new RequestLimits(
        contextLength,
        contextLength - 1,
        contextLength - 1,
        64,
        500,
        128,
        Math.max(64 << 10, Math.multiplyExact(10, contextLength)));
  }

  /**
   * Judges an open by itself.
   *
   * @param sequenceTokens prompt and resumed output together
   * @return why not, or null if it can be served, perhaps with fewer tokens ({@link #grant})
   */
  public @Nullable Refusal judge(int sequenceTokens) {
    if (sequenceTokens < 1) {
      return Refusal.invalid("the prompt is empty; at least one token is needed");
    }
    int longest = Math.min(maxPromptTokens, contextLength - 1);
    if (sequenceTokens > longest) {
      return Refusal.invalid(
          "the prompt has "
              + sequenceTokens
              + " tokens, this server takes at most "
              + longest
              + (longest == maxPromptTokens ? "" : " (its context is " + contextLength + ")"));
    }
    return null;
  }

  /**
   * Output tokens granted to a generation, resumed ones included.
   *
   * @param promptTokens without resumed output
   * @param requested 0: as many as allowed; a negative number (over 2³¹ on the wire) reads the same
   */
  public int grant(int promptTokens, int requested) {
    int most = Math.min(maxTokens, contextLength - promptTokens);
    return requested <= 0 ? most : Math.min(requested, most);
  }

  private static void atLeast(String what, int value, int least) {
    if (value < least) {
      throw new UserError(what + " " + value + " is less than " + least);
    }
  }
}
