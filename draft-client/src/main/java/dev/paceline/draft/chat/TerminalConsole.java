package dev.paceline.draft.chat;

import dev.paceline.common.UserError;
import dev.paceline.draft.text.Cancellation;
import dev.paceline.models.CacheDirectory;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jspecify.annotations.Nullable;

/** A terminal, with line editing and history. */
public final class TerminalConsole implements ChatConsole {
  private static final int REMEMBERED = 2000;

  private final Terminal terminal;
  private final boolean coloured;
  private final LineReader reader;
  private final PrintStream out;
  private volatile @Nullable Cancellation running;

  /**
   * @param terminal closed with this
   * @param history where lines are kept for another time, as {@link #createHistory} makes it; null
   *     for nowhere
   */
  public TerminalConsole(Terminal terminal, boolean coloured, @Nullable Path history) {
    this.terminal = terminal;
    this.coloured = coloured;
    out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
    // What is typed is text: no quotes, no escapes, no history expansion.
    DefaultParser plain = new DefaultParser();
    plain.setEscapeChars(null);
    plain.setQuoteChars(new char[0]);
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("paceline")
            .parser(plain)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.INSERT_TAB, true)
            .variable(LineReader.HISTORY_SIZE, REMEMBERED)
            .variable(LineReader.HISTORY_FILE_SIZE, REMEMBERED);
    if (history != null) {
      builder.variable(LineReader.HISTORY_FILE, history);
    }
    reader = builder.build();
    terminal.handle(
        Signal.INT,
        signal -> {
          Cancellation now = running;
          if (now != null) {
            now.cancel();
          }
        });
  }

  /**
   * Makes a file for the history, for its owner only: what people write is nobody else's business.
   *
   * @throws UserError if it cannot be made
   */
  public static void createHistory(Path history) {
    try {
      Path folder = history.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      if (Files.notExists(history)) {
        boolean posix = history.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix) {
          Files.createFile(
              history,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
          Files.createFile(history);
        }
      }
    } catch (IOException e) {
      throw new UserError(
          "--history '" + history + "' cannot be written: " + CacheDirectory.reason(e), e);
    }
  }

  @Override
  public @Nullable String readLine() {
    while (true) {
      try {
        return reader.readLine("> ");
      } catch (UserInterruptException e) {
        if (e.getPartialLine().isEmpty()) {
          out.println("/quit or Ctrl-D ends, /help tells more");
        }
      } catch (EndOfFileException e) {
        return null;
      }
    }
  }

  @Override
  public PrintStream out() {
    return out;
  }

  @Override
  public boolean interactive() {
    return true;
  }

  @Override
  public boolean coloured() {
    return coloured;
  }

  @Override
  public void answering(Cancellation cancellation, Runnable answer) {
    // What is typed meanwhile would stand in the middle of the answer.
    boolean echo = terminal.echo(false);
    running = cancellation;
    try {
      answer.run();
    } finally {
      running = null;
      terminal.echo(echo);
    }
  }

  @Override
  public void close() {
    try {
      reader.getHistory().save();
      terminal.close();
    } catch (IOException e) {
      throw new UserError("the history cannot be saved: " + CacheDirectory.reason(e), e);
    }
  }
}
