package dev.paceline.draft.chat;

import dev.paceline.draft.text.Cancellation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Standard input and output without a terminal: lines in, answers out, nothing else. */
public final class PipedConsole implements ChatConsole {
  private final BufferedReader in;
  private final PrintStream out;

  /** Neither stream is closed. */
  public PipedConsole(InputStream in, PrintStream out) {
    this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    this.out = out;
  }

  @Override
  public @Nullable String readLine() {
    try {
      return in.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public PrintStream out() {
    return out;
  }

  @Override
  public boolean interactive() {
    return false;
  }

  @Override
  public boolean coloured() {
    return false;
  }

  @Override
  public void answering(Cancellation cancellation, Runnable answer) {
    answer.run();
  }

  @Override
  public void close() {}
}
