package dev.paceline.target.logging;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Puts a session id on everything that the current thread logs until it is closed:
 *
 * <pre>{@code
 * try (SessionLog scope = SessionLog.of(id)) { ... }
 * }</pre>
 */
public final class SessionLog implements AutoCloseable {
  /** The key in MDC, text lines and JSON. */
  public static final String KEY = "session";

  private static final int LONGEST = 64;

  private final @Nullable String previous;

  private SessionLog(@Nullable String previous) {
    this.previous = previous;
  }

  /**
   * Begins a scope.
   *
   * @param sessionId as the client chose it; logged in its {@link #printable} form
   */
  public static SessionLog of(String sessionId) {
    SessionLog scope = new SessionLog(MDC.get(KEY));
    MDC.put(KEY, printable(sessionId));
    return scope;
  }

  /**
   * A form that fits a log line whatever a client sends: letters, digits and {@code . _ : -} stay,
   * everything else becomes {@code ?}, and from 64 characters on it is cut.
   */
  public static String printable(String sessionId) {
    int length = Math.min(sessionId.length(), LONGEST);
    StringBuilder out = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      char c = sessionId.charAt(i);
      boolean plain =
          (c >= '0' && c <= '9')
              || (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || "._:-".indexOf(c) >= 0;
      out.append(plain ? c : '?');
    }
    return out.toString();
  }

  /** Ends the scope; an outer one holds again. */
  @Override
  public void close() {
    if (previous == null) {
      MDC.remove(KEY);
    } else {
      MDC.put(KEY, previous);
    }
  }
}
