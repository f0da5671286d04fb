package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.models.registry.ModelRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person can get wrong at the command line of {@code api} and {@code chat}. */
class WrongOptionTest {
  /** Nobody listens there. */
  private static final String NOWHERE = "127.0.0.1:1";

  @Test
  void valuesOutOfRange() throws Exception {
    wrong("70000", "api", "--port", "70000");
    wrong("-1", "api", "--port", "-1");
    wrong("http", "api", "--port", "http");
    wrong("--concurrency 0", "api", "--concurrency", "0");
    wrong("--api-key", "api", "--api-key", " ");
    wrong("256.1.1.1", "api", "--host", "256.1.1.1", "--port", "0");
    wrong("fly", "api", "--decode", "fly", "--port", "0");
    wrong("--stop", "chat", "--stop", "");
    wrong("--max-tokens 0", "chat", "--max-tokens", "0");
    wrong("temperature -1.0", "chat", "--temperature", "-1");
    wrong("--temperature", "api", "--temperature", "1");
  }

  @Test
  void serversThatAreNotThere() throws Exception {
    wrong(NOWHERE, "api", "--port", "0");
    wrong(NOWHERE, "chat");
  }

  @Test
  void aPortThatIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      wrong(port, "api", "--port", port);
    }
  }

  private static void wrong(String named, String command, String... options) throws Exception {
    List<String> line =
        new ArrayList<>(List.of(command, "--model", ModelRegistry.NANO, "--server", NOWHERE));
    line.addAll(List.of(options));
    CommandLine.Ending ending = CommandLine.run("", line);
    assertThat(ending.status()).as("%s: %s", line, ending.err()).isBetween(1, 2);
    assertThat(ending.err()).as("%s", line).contains(named).doesNotContain("Exception");
    assertThat(ending.err().strip().lines()).as("%s", line).hasSize(1);
  }
}
