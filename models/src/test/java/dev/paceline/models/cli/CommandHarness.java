package dev.paceline.models.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paceline.common.UserError;
import dev.paceline.models.JsonFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs {@code paceline models} as the launcher does, with an environment of its own. */
final class CommandHarness {
  final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  CommandHarness(Path home) {
    environment.put("PACELINE_CACHE", home.resolve("cache").toString());
    environment.put("HF_HUB_CACHE", home.resolve("hub").toString());
  }

  /**
   * The exit status; 1 stands for a {@link UserError}, whose sentence is then in {@link #err()}.
   */
  int run(String... arguments) throws Exception {
    out.reset();
    err.reset();
    PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8);
    try {
      return new ModelsCommand(new PicocliRunner(environment, o, e)).run(List.of(arguments));
    } catch (UserError error) {
      e.print(error.getMessage());
      return 1;
    }
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** The last line of the output. */
  JsonNode json() throws IOException {
    String[] lines = out().split("\n");
    return JsonFiles.mapper().readTree(lines[lines.length - 1]);
  }
}
