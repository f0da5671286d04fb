package dev.paceline.models.compile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What this CPU multiplies in its own instructions. False where it is not known, as on other
 * systems than Linux and other processors than x86-64.
 */
public final class CpuFlags {
  /** {@code -Dpaceline.vnni=false} does without, to compare or to work around. */
  static final String VNNI_PROPERTY = "paceline.vnni";

  static final List<String> VNNI = List.of("avx512_vnni", "avx_vnni");
  static final List<String> BFLOAT16 = List.of("avx512_bf16", "amx_bf16");

  private static final Path CPUINFO = Path.of("/proc/cpuinfo");

  private CpuFlags() {}

  /** Whether it multiplies bytes and adds them up in 32 bits (VNNI). */
  static boolean vnni() {
    return Boolean.parseBoolean(System.getProperty(VNNI_PROPERTY, "true")) && has(VNNI);
  }

  /** Whether it multiplies bfloat16; where it does not, fp32 is about three times as fast. */
  public static boolean bfloat16() {
    return has(BFLOAT16);
  }

  private static boolean has(List<String> oneOf) {
    try {
      return flagged(Files.readString(CPUINFO, StandardCharsets.ISO_8859_1), oneOf);
    } catch (IOException e) {
      return false;
    }
  }

  /** Looks for one of the flags in the first line of them in the text of {@code /proc/cpuinfo}. */
  static boolean flagged(String cpuinfo, List<String> oneOf) {
    return cpuinfo
        .lines()
        .filter(line -> line.startsWith("flags"))
        .findFirst()
        .map(line -> Arrays.asList(line.split("\\s+")))
        .filter(flags -> !Collections.disjoint(flags, oneOf))
        .isPresent();
  }
}
