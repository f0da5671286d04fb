package dev.paceline.benchmarks;

import dev.paceline.common.cli.Command;
import dev.paceline.models.registry.ModelRegistry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** {@code paceline api} on a thread of its own, with the port that it chose. */
final class ApiProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:([0-9]+)/v1");

  private final CompletableFuture<Integer> status = new CompletableFuture<>();
  private final Thread thread;
  private final int port;

  /**
   * @param target port of the target server
   */
  ApiProcess(int target, String... options) {
    List<String> line = new ArrayList<>(List.of("--model", ModelRegistry.NANO, "--port", "0"));
    line.addAll(List.of("--server", "127.0.0.1:" + target));
    line.addAll(List.of(options));
    Command command =
        ServiceLoader.load(Command.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(candidate -> candidate.name().equals("api"))
            .findFirst()
            .orElseThrow();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      thread =
          new Thread(
              () -> {
                try {
                  status.complete(command.run(line));
                } catch (Exception e) {
                  status.completeExceptionally(e);
                }
              },
              "paceline-api");
      thread.setDaemon(true);
      thread.start();
      port =
          Awaitility.await()
              .atMost(PATIENCE)
              .until(() -> announced(printed), announced -> announced > 0 || status.isDone());
    } finally {
      System.setOut(out);
    }
    if (port == 0) {
      throw new IllegalStateException("paceline api ended: " + status);
    }
  }

  private static int announced(ByteArrayOutputStream printed) {
    Matcher matcher = ADDRESS.matcher(printed.toString(StandardCharsets.UTF_8));
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    thread.interrupt();
    Awaitility.await().atMost(PATIENCE).until(status::isDone);
  }
}
