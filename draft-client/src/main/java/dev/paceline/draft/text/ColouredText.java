package dev.paceline.draft.text;

import dev.paceline.common.speculation.draft.Provenance;
import java.io.PrintStream;

/** Prints text as it comes; on a terminal, colour tells where it came from. */
public final class ColouredText {
  private static final String ACCEPTED = "\033[32m";
  private static final String TARGET = "\033[35m";
  private static final String DRAFT_ONLY = "\033[33m";
  private static final String RESET = "\033[0m";

  private final PrintStream out;
  private final boolean colour;
  private String current = "";

  /**
   * @param colour whether it shows where text came from
   */
  public ColouredText(PrintStream out, boolean colour) {
    this.out = out;
    this.colour = colour;
  }

  /** What the colours mean. */
  public static String legend() {
    return ACCEPTED
        + "accepted draft tokens"
        + RESET
        + ", "
        + TARGET
        + "the target's own tokens"
        + RESET;
  }

  /** The next piece. */
  public void print(String text, Provenance from) {
    if (colour) {
      String wanted = colour(from);
      if (!wanted.equals(current)) {
        out.print(wanted);
        current = wanted;
      }
    }
    plain(text);
  }

  private static String colour(Provenance from) {
    return switch (from) {
      case DRAFTED_ACCEPTED -> ACCEPTED;
      case TARGET -> TARGET;
      case DRAFT_ONLY -> DRAFT_ONLY;
    };
  }

  /** Text of no particular origin. */
  public void plain(String text) {
    out.print(text);
    out.flush();
  }

  /** Ends the line. */
  public void end() {
    if (colour) {
      out.print(RESET);
    }
    out.println();
    out.flush();
  }
}
