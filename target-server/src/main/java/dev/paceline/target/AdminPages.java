package dev.paceline.target;

import dev.paceline.target.admin.AdminServer;
import dev.paceline.target.admin.Health;
import dev.paceline.target.admin.SessionSnapshot;
import dev.paceline.target.engine.VerificationEngine;
import dev.paceline.target.metrics.PrometheusPage;
import dev.paceline.target.metrics.ServerMetrics;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A server's state for operators: meters, health, and the admin port if there is one, which answers
 * while the model still loads.
 */
final class AdminPages implements AutoCloseable {
  private final PrometheusPage page = new PrometheusPage();
  private final ServerMetrics metrics;
  private final @Nullable AdminServer server;
  private volatile Health health = Health.LOADING;
  private volatile @Nullable VerificationEngine engine;

  /**
   * @param port of the admin server; empty for none, 0 for a free one
   * @param maxWindow most draft tokens of one verification
   */
  AdminPages(OptionalInt port, int maxWindow) {
    metrics = new ServerMetrics(page.registry(), maxWindow);
    server =
        port.isEmpty()
            ? null
            : AdminServer.start(
                port.getAsInt(), new AdminServer.Pages(this::health, page::render, this::sessions));
  }

  ServerMetrics metrics() {
    return metrics;
  }

  /** The engine is ready. */
  void serving(VerificationEngine started) {
    engine = started;
    metrics.watch(started::running, started::waiting, started::slotUsage);
    health = Health.SERVING;
  }

  /** Nothing new is taken from now on. */
  void draining() {
    health = Health.DRAINING;
  }

  private Health health() {
    VerificationEngine current = engine;
    return current != null && !current.alive() ? Health.DRAINING : health;
  }

  private List<SessionSnapshot> sessions() {
    VerificationEngine current = engine;
    return current == null || !current.alive() ? List.of() : current.snapshot();
  }

  /** Where the admin server listens, if there is one. */
  OptionalInt port() {
    return server == null ? OptionalInt.empty() : OptionalInt.of(server.address().getPort());
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    page.close();
  }
}
