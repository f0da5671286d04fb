package dev.paceline.draft.core;

import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.draft.DraftOptions;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Generates text with a target model on a server and a draft model here. Safe for use by several
 * threads; generations that draft share one draft model and so should not overlap.
 */
public final class DraftClient implements AutoCloseable {
  private final SpeculationTransport transport;
  private final @Nullable Drafter drafter;
  private final ScheduledExecutorService serial =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "draft-session");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param transport closed with the client
   * @param drafter closed with the client; null if only {@code SERVER_ONLY} will be used
   */
  public DraftClient(SpeculationTransport transport, @Nullable Drafter drafter) {
    this.transport = transport;
    this.drafter = drafter;
  }

  /** Starts a generation; its output goes to the listener. */
  public Generation generate(OpenFrame open, DraftOptions options, TokenListener listener) {
    Generation generation =
        new Generation(open, options, transport, drafter, listener, serial, System::nanoTime);
    generation.start();
    return generation;
  }

  @Override
  public void close() {
    serial.shutdown();
    transport.close();
    if (drafter != null) {
      drafter.close();
    }
  }
}
