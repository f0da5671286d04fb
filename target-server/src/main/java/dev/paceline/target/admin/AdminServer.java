package dev.paceline.target.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.paceline.common.UserError;
import dev.paceline.target.metrics.PrometheusPage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the operator's pages until closed; the package page says why on this HTTP server. */
public final class AdminServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
  private static final int THREADS = 4;
  private static final int QUEUE = 64;
  private static final String JSON = "application/json";

  static {
    // Seconds; unlimited by default. Read once, when the JDK's server is first used.
    defaultProperty("sun.net.httpserver.maxReqTime", "5");
    defaultProperty("sun.net.httpserver.maxRspTime", "10");
  }

  /**
   * Where the pages come from; called on this server's threads.
   *
   * @param health for {@code /health}
   * @param metrics page for {@code /metrics}, in Prometheus' text format
   * @param sessions immutable views for {@code /debug/sessions}
   */
  public record Pages(
      Supplier<Health> health,
      Supplier<String> metrics,
      Supplier<List<SessionSnapshot>> sessions) {}

  private record Answer(int status, String type, String body) {}

  private final HttpServer server;
  private final ThreadPoolExecutor executor;
  private final Pages pages;
  private final ObjectMapper json = new ObjectMapper();

  private AdminServer(HttpServer server, Pages pages) {
    this.server = server;
    this.pages = pages;
    AtomicInteger threads = new AtomicInteger();
    this.executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            task -> {
              Thread thread = new Thread(task, "paceline-admin-" + threads.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
  }

  /**
   * Starts on the loopback address.
   *
   * @param port 0: any free one
   * @throws UserError if the port is taken
   */
  public static AdminServer start(int port, Pages pages) {
    return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), pages);
  }

  /**
   * Starts.
   *
   * @param address anybody who reaches it may read all pages
   * @throws UserError if the address cannot be bound
   */
  public static AdminServer start(InetSocketAddress address, Pages pages) {
    HttpServer server;
    try {
      server = HttpServer.create(address, QUEUE);
    } catch (IOException e) {
      throw new UserError("the admin port cannot listen on " + address, e);
    }
    AdminServer admin = new AdminServer(server, pages);
    server.setExecutor(admin.executor);
    server.createContext("/", admin::handle);
    server.start();
    return admin;
  }

  /** Where it listens; with the real port. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Stops at once; answers under way are cut. */
  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean head = exchange.getRequestMethod().equals("HEAD");
      Answer answer;
      if (!head && !exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        answer = error(405, "only GET and HEAD are answered here");
      } else {
        answer = answer(exchange.getRequestURI().getPath());
      }
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.type());
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Answer answer(String path) {
    try {
      return switch (path) {
        case "/health" -> {
          Health health = pages.health().get();
          yield new Answer(health.status(), JSON, health.json());
        }
        case "/metrics" -> new Answer(200, PrometheusPage.CONTENT_TYPE, pages.metrics().get());
        case "/debug/sessions" ->
            new Answer(
                200, JSON, json.writeValueAsString(Map.of("sessions", pages.sessions().get())));
        default -> error(404, "there is nothing here; try /health, /metrics or /debug/sessions");
      };
    } catch (JsonProcessingException | RuntimeException e) {
      log.warn("admin page {} failed", path, e);
      return error(500, "the page could not be made; the log says why");
    }
  }

  private static Answer error(int status, String sentence) {
    return new Answer(status, JSON, "{\"error\":{\"message\":\"" + sentence + "\"}}");
  }

  private static void defaultProperty(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}
