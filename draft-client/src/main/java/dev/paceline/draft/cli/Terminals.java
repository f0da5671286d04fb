package dev.paceline.draft.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the standard streams are connected with. */
final class Terminals {
  private Terminals() {}

  /** Whether both standard input and standard output are a terminal. */
  @SuppressWarnings("SystemConsoleNull") // the other half of the answer follows
  static boolean both() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // From Java 22 on there is a console in any case.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  /** Whether somebody types standard input. */
  static boolean input() {
    if (both()) {
      return true;
    }
    try {
      // With standard output elsewhere Java does not tell.
      String input = Path.of("/proc/self/fd/0").toRealPath().toString();
      return input.startsWith("/dev/pts/") || input.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether standard output is a terminal that shows colours. */
  static boolean coloured() {
    return both() && coloured(System.getenv("TERM"));
  }

  /** Whether a terminal of a type shows colours that this user wants. */
  static boolean coloured(@Nullable String type) {
    return System.getenv("NO_COLOR") == null && !"dumb".equals(type);
  }
}
