package dev.paceline.models.safetensors;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/**
 * Replays the corpus beside it in every build. {@code JAZZER_FUZZ=1 mvn -pl models -am test
 * -Dtest=SafetensorsFuzzTest -Dsurefire.failIfNoSpecifiedTests=false} looks for more.
 */
@Tag("fuzz")
class SafetensorsFuzzTest {
  @FuzzTest(maxDuration = "1m")
  void anyBytesAreReadOrRefused(byte[] content) throws IOException {
    Path directory = Files.createTempDirectory("fuzz");
    try {
      HostileFiles.open(directory, content);
    } finally {
      Files.deleteIfExists(directory.resolve("hostile.safetensors"));
      Files.deleteIfExists(directory);
    }
  }
}
