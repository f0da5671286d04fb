package dev.paceline.target.admin;

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
   * @param weights what {@code POST /sessions/ID/weight} changes
   */
  public record Pages(
      Supplier<Health> health,
      Supplier<String> metrics,
      Supplier<List<SessionSnapshot>> sessions,
      Weights weights) {}

  private final HttpServer server;
  private final ThreadPoolExecutor executor;
  private final Pages pages;
  private final WeightRequest weights;

  private AdminServer(HttpServer server, Pages pages) {
    this.server = server;
    this.pages = pages;
    this.weights = new WeightRequest(pages.weights());
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
   * @param address anybody who reaches it may read all pages; weights are set from this machine
   *     only
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
      String method = exchange.getRequestMethod();
      boolean head = method.equals("HEAD");
      String path = exchange.getRequestURI().getPath();
      String session = WeightRequest.session(path);
      boolean page = session == null && (head || method.equals("GET"));
      Answer answer;
      if (page) {
        answer = page(path);
      } else if (session != null && method.equals("POST")) {
        answer = change(session, exchange);
      } else {
        exchange.getResponseHeaders().set("Allow", session == null ? "GET, HEAD" : "POST");
        answer =
            Answer.error(
                405,
                "only " + (session == null ? "GET and HEAD are" : "POST is") + " answered here");
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

  private Answer page(String path) {
    try {
      return switch (path) {
        case "/health" -> {
          Health health = pages.health().get();
          yield Answer.ofJson(health.status(), health.json());
        }
        case "/metrics" -> new Answer(200, PrometheusPage.CONTENT_TYPE, pages.metrics().get());
        case "/debug/sessions" -> Answer.ofValue(200, Map.of("sessions", pages.sessions().get()));
        default ->
            Answer.error(404, "there is nothing here; try /health, /metrics or /debug/sessions");
      };
    } catch (RuntimeException e) {
      return failed(path, e);
    }
  }

  private Answer change(String session, HttpExchange exchange) throws IOException {
    try {
      return weights.answer(session, exchange);
    } catch (RuntimeException e) {
      return failed("weight", e);
    }
  }

  private static Answer failed(String page, RuntimeException e) {
    log.warn("admin page {} failed", page, e);
    return Answer.error(500, "the page could not be made; the log says why");
  }

  private static void defaultProperty(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}
