package dev.paceline.draft.text;

import org.jspecify.annotations.Nullable;

/** Lets any thread end a text early; once, for good. Thread-safe. */
public final class Cancellation {
  private boolean cancelled;
  private @Nullable Runnable action;

  /** Ends the text that runs with this, or that will. */
  public void cancel() {
    Runnable now;
    synchronized (this) {
      cancelled = true;
      now = action;
      action = null;
    }
    if (now != null) {
      now.run();
    }
  }

  /** Whether it was. */
  public synchronized boolean cancelled() {
    return cancelled;
  }

  /** What to do on cancellation: at most once, at once if it has come already. */
  public void onCancel(Runnable run) {
    synchronized (this) {
      if (!cancelled) {
        action = run;
        return;
      }
    }
    run.run();
  }
}
