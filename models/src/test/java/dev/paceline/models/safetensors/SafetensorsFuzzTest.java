package dev.paceline.models.safetensors;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Replays the corpus beside it in every build; {@code JAZZER_FUZZ=1 mvn test -pl models
 * -Dtest=SafetensorsFuzzTest} looks for more.
 */
class SafetensorsFuzzTest {
  @FuzzTest(maxDuration = "2m")
  void anyBytesAreReadOrRefused(byte[] content) throws IOException {
    Path directory = Files.createTempDirectory("fuzz");
    try {
      String sentence = HostileFiles.open(directory, content);
      if (sentence.contains("Exception")) {
        throw new AssertionError(sentence);
      }
    } finally {
      Files.deleteIfExists(directory.resolve("hostile.safetensors"));
      Files.deleteIfExists(directory);
    }
  }
}
