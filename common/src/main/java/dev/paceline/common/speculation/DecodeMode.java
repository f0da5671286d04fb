package dev.paceline.common.speculation;

import dev.paceline.common.UserError;
import dev.paceline.common.verification.VerificationMode;
import java.util.Locale;

/** How the work of a session is split between client and server. */
public enum DecodeMode {
  /**
   * The client sends each draft token as it is made; the server verifies what has arrived and
   * decodes by itself when nothing has.
   */
  STREAM(true, true),
  /** The client sends a block and waits for its verdict; the server waits for the block. */
  SYNC(true, false),
  /**
   * Rounds of a fixed length: the target's pass over the last block and the drafting of the next go
   * on at the same time, and both wait for the verdict (PEARL, arXiv 2408.11850).
   */
  PEARL(true, false),
  /** The target alone, streamed. */
  SERVER_ONLY(false, true),
  /** The server drafts with its own copy of a draft model and verifies; the client listens. */
  COLOCATED(false, true);

  private final boolean drafts;
  private final boolean selfAdvances;

  DecodeMode(boolean drafts, boolean selfAdvances) {
    this.drafts = drafts;
    this.selfAdvances = selfAdvances;
  }

  /**
   * Refuses a rule that has nothing to judge in this mode.
   *
   * @throws UserError naming both
   */
  public void require(VerificationMode verification) {
    if (verification != VerificationMode.COUPLED && !drafts) {
      String rule = verification.name().toLowerCase(Locale.ROOT);
      String mode = name().toLowerCase(Locale.ROOT).replace('_', '-');
      throw new UserError(
          "verification "
              + rule
              + " judges drafts of the client, and "
              + mode
              + " has none; use it with stream, pearl or sync");
    }
  }

  /** Whether the client drafts. */
  public boolean drafts() {
    return drafts;
  }

  /** Whether the server decodes by itself when no draft waits. */
  public boolean selfAdvances() {
    return selfAdvances;
  }
}
