package dev.paceline.draft.cli;

import dev.paceline.common.speculation.draft.OutputRun;
import dev.paceline.common.speculation.draft.Provenance;
import dev.paceline.models.tokenizer.StreamingDecoder;
import java.io.PrintStream;

/**
 * Prints tokens as they come, in whole characters; on a terminal, colour tells where a token came
 * from.
 */
final class TextPrinter {
  private static final String ACCEPTED = "\033[32m";
  private static final String TARGET = "\033[35m";
  private static final String RESET = "\033[0m";

  private final PrintStream out;
  private final StreamingDecoder decoder;
  private final boolean colour;
  private String current = "";

  TextPrinter(PrintStream out, StreamingDecoder decoder, boolean colour) {
    this.out = out;
    this.decoder = decoder;
    this.colour = colour;
  }

  /** Whether standard output is a terminal that shows colours. */
  static boolean terminal() {
    String term = System.getenv("TERM");
    return System.console() != null && System.getenv("NO_COLOR") == null && !"dumb".equals(term);
  }

  static String legend() {
    return ACCEPTED
        + "accepted draft tokens"
        + RESET
        + ", "
        + TARGET
        + "the target's own tokens"
        + RESET;
  }

  void print(OutputRun run) {
    int[] ids = run.ids();
    for (int i = 0; i < ids.length; i++) {
      String text = decoder.append(ids[i]);
      if (text.isEmpty()) {
        continue;
      }
      if (colour) {
        String wanted = run.provenance(i) == Provenance.DRAFTED_ACCEPTED ? ACCEPTED : TARGET;
        if (!wanted.equals(current)) {
          out.print(wanted);
          current = wanted;
        }
      }
      out.print(text);
    }
    out.flush();
  }

  /** One token of unknown origin. */
  void print(int id) {
    out.print(decoder.append(id));
    out.flush();
  }

  void end() {
    out.print(decoder.flush());
    if (colour) {
      out.print(RESET);
    }
    out.println();
  }
}
