package dev.paceline.draft.chat;

import dev.paceline.draft.text.Cancellation;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Where a person types and reads. */
public interface ChatConsole extends AutoCloseable {
  /** The next line, without its end; null when there will be none. */
  @Nullable String readLine();

  /** Where answers go. */
  PrintStream out();

  /** Whether a person sits there, who wants to be greeted and told what to do. */
  boolean interactive();

  /** Whether it shows colours. */
  boolean coloured();

  /** Runs an answer, which the person's Ctrl-C cancels. */
  void answering(Cancellation cancellation, Runnable answer);

  @Override
  void close();
}
