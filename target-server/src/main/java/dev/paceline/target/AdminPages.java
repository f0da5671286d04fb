package dev.paceline.target;

import dev.paceline.target.admin.AdminServer;
import dev.paceline.target.admin.Health;
import dev.paceline.target.admin.SessionSnapshot;
import dev.paceline.target.engine.EnginePool;
import dev.paceline.target.metrics.PrometheusPage;
import dev.paceline.target.metrics.ServerMetrics;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A server's state for operators: meters, health, and the admin port if there is one, which answers
 * while the model still loads.
 */
final class AdminPages implements AutoCloseable {
  private final PrometheusPage page = new PrometheusPage();
  private final List<ServerMetrics> metrics = new ArrayList<>();
  private final @Nullable AdminServer server;
  private volatile Health health = Health.LOADING;
  private volatile @Nullable EnginePool engines;

  /**
   * @param port of the admin server; empty for none, 0 for a free one
   * @param maxWindow most draft tokens of one verification
   * @param names of the engines; where there are several, meters tell them apart
   */
  AdminPages(OptionalInt port, int maxWindow, List<String> names) {
    for (String name : names) {
      Tags tags = names.size() == 1 ? Tags.empty() : Tags.of("engine", name);
      metrics.add(new ServerMetrics(page.registry(), maxWindow, tags));
    }
    server =
        port.isEmpty()
            ? null
            : AdminServer.start(
                port.getAsInt(),
                new AdminServer.Pages(this::health, page::render, this::sessions, this::setWeight));
  }

  /** The meters of one engine; what is no engine's, such as refusals, is the same in all. */
  ServerMetrics metrics(int engine) {
    return metrics.get(engine);
  }

  /** The engines are ready. */
  void serving(EnginePool started) {
    engines = started;
    started.watch(metrics);
    health = Health.SERVING;
  }

  /** Nothing new is taken from now on. */
  void draining() {
    health = Health.DRAINING;
  }

  private Health health() {
    EnginePool current = engines;
    return current != null && !current.alive() ? Health.DRAINING : health;
  }

  private List<SessionSnapshot> sessions() {
    EnginePool current = engines;
    return current == null || !current.alive() ? List.of() : current.snapshot();
  }

  private CompletableFuture<Integer> setWeight(String sessionId, double weight) {
    EnginePool current = engines;
    return current == null
        ? CompletableFuture.completedFuture(0)
        : current.setWeight(sessionId, weight);
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
