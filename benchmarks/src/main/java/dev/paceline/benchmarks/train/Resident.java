package dev.paceline.benchmarks.train;

import dev.paceline.common.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process that is in RAM. */
final class Resident {
  private static final Path STATUS = Path.of("/proc/self/status");

  private Resident() {}

  /**
   * @throws UserError if the system does not say; Linux does
   */
  static long bytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      throw new UserError("this system has no " + STATUS + " to read memory from", e);
    }
    throw new UserError(STATUS + " has no VmRSS");
  }
}
