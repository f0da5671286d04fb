package dev.paceline.models.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.paceline.models.Digests;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two servers that behave like the hub and its store: small files come from the hub with git's
 * digest as ETag, large ones by a redirect to the store, which serves ranges. Faults are switched
 * on by fields.
 */
public final class FakeHub implements AutoCloseable {
  public static final String COMMIT = "89abcdef0123456789abcdef0123456789abcdef";
  private static final int LARGE = 10_000;

  public final Map<String, byte[]> files = new TreeMap<>();
  final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  /** So many of the next answers of the store break off in the middle. */
  final AtomicInteger breaks = new AtomicInteger();

  /** So many of the next answers of the hub are 503. */
  final AtomicInteger busy = new AtomicInteger();

  volatile String model = "org/model";
  public volatile String requiredToken = "";
  volatile boolean wrongContent;
  volatile boolean ignoreRanges;
  volatile boolean escape;

  private final HttpServer hub;
  private final HttpServer store;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);

  public FakeHub() throws IOException {
    hub = start(this::hub);
    store = start(this::store);
  }

  public String endpoint() {
    return "http://"
        + InetAddress.getLoopbackAddress().getHostAddress()
        + ":"
        + hub.getAddress().getPort();
  }

  /** What was asked so far: server, method, path, range, token. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    hub.stop(0);
    store.stop(0);
    threads.shutdownNow();
  }

  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private HttpServer start(Handler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            handler.handle(exchange);
          }
        });
    server.start();
    return server;
  }

  private void log(String server, HttpExchange exchange) {
    String range = exchange.getRequestHeaders().getFirst("Range");
    String token = exchange.getRequestHeaders().getFirst("Authorization");
    requests.add(
        server
            + " "
            + exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI().getPath()
            + (range == null ? "" : " " + range)
            + (token == null ? "" : " " + token));
  }

  private void hub(HttpExchange exchange) throws IOException {
    log("hub", exchange);
    String path = exchange.getRequestURI().getPath();
    String token = exchange.getRequestHeaders().getFirst("Authorization");
    if (busy.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      exchange.sendResponseHeaders(503, -1);
    } else if (!requiredToken.isEmpty() && !("Bearer " + requiredToken).equals(token)) {
      exchange.sendResponseHeaders(401, -1);
    } else if (path.contains("/old-name/")) {
      exchange.getResponseHeaders().set("Location", path.replace("old-name", model));
      exchange.sendResponseHeaders(307, -1);
    } else if (path.equals("/api/models/" + model + "/revision/main")) {
      listing(exchange);
    } else if (path.startsWith("/" + model + "/resolve/" + COMMIT + "/")) {
      resolve(exchange, path.substring(path.lastIndexOf('/') + 1));
    } else {
      exchange.sendResponseHeaders(404, -1);
    }
  }

  private void listing(HttpExchange exchange) throws IOException {
    StringBuilder siblings = new StringBuilder();
    for (String file : files.keySet()) {
      siblings
          .append(siblings.isEmpty() ? "" : ",")
          .append("{\"rfilename\":\"")
          .append(file)
          .append("\"}");
    }
    String commit = escape ? "../../../escape" : COMMIT;
    byte[] json =
        ("{\"sha\":\"" + commit + "\",\"siblings\":[" + siblings + "]}")
            .getBytes(StandardCharsets.UTF_8);
    send(exchange, 200, json, json.length);
  }

  private void resolve(HttpExchange exchange, String name) throws IOException {
    byte[] content = files.get(name);
    if (content == null) {
      exchange.getResponseHeaders().set("X-Error-Code", "EntryNotFound");
      exchange.sendResponseHeaders(404, -1);
    } else if (content.length < LARGE) {
      exchange.getResponseHeaders().set("ETag", "\"" + gitDigest(content) + "\"");
      send(exchange, 200, content, content.length);
    } else {
      MessageDigest digest = Digests.algorithm("SHA-256");
      digest.update(content);
      exchange.getResponseHeaders().set("X-Linked-ETag", "\"" + Digests.hex(digest) + "\"");
      exchange.getResponseHeaders().set("X-Linked-Size", Integer.toString(content.length));
      String address = endpoint().replaceFirst(":\\d+$", ":" + store.getAddress().getPort());
      exchange.getResponseHeaders().set("Location", address + "/" + name + "?signature=secret");
      exchange.sendResponseHeaders(302, -1);
    }
  }

  private void store(HttpExchange exchange) throws IOException {
    log("store", exchange);
    String name = exchange.getRequestURI().getPath().substring(1);
    byte[] content = files.getOrDefault(name, new byte[0]).clone();
    if (wrongContent) {
      content[content.length / 2] ^= 1;
    }
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = range == null || ignoreRanges ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    byte[] rest = java.util.Arrays.copyOfRange(content, from, content.length);
    boolean breakOff = breaks.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
    send(exchange, from > 0 ? 206 : 200, rest, breakOff ? rest.length / 2 : rest.length);
  }

  private static void send(HttpExchange exchange, int status, byte[] content, int bytesSent)
      throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
    OutputStream out = exchange.getResponseBody();
    out.write(content, 0, bytesSent);
    out.flush();
  }

  private static String gitDigest(byte[] content) {
    MessageDigest digest = Digests.algorithm("SHA-1");
    digest.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
    digest.update(content);
    return Digests.hex(digest);
  }
}
