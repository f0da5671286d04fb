package dev.paceline.models.compile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Whether this CPU multiplies bytes and adds them up in 32 bits (VNNI). */
final class Vnni {
  /** {@code -Dpaceline.vnni=false} does without, to compare or to work around. */
  static final String PROPERTY = "paceline.vnni";

  private static final Path CPUINFO = Path.of("/proc/cpuinfo");
  private static final List<String> FLAGS = List.of("avx512_vnni", "avx_vnni");

  private Vnni() {}

  /** False where it is not known, as on other systems than Linux. */
  static boolean available() {
    if (!Boolean.parseBoolean(System.getProperty(PROPERTY, "true"))) {
      return false;
    }
    try {
      return flagged(Files.readString(CPUINFO, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return false;
    }
  }

  /** Reads the first line of flags in the text of {@code /proc/cpuinfo}. */
  static boolean flagged(String cpuinfo) {
    return cpuinfo
        .lines()
        .filter(line -> line.startsWith("flags"))
        .findFirst()
        .map(line -> Arrays.asList(line.split("\\s+")))
        .filter(flags -> FLAGS.stream().anyMatch(flags::contains))
        .isPresent();
  }
}
