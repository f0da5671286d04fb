package dev.paceline.common.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/**
 * Replays what was found before in every build. {@code JAZZER_FUZZ=1 mvn -pl common test
 * -Dtest=FrameFuzzTest} looks for more.
 */
@Tag("fuzz")
class FrameFuzzTest {
  @FuzzTest(maxDuration = "1m")
  void anyBytesAreReadOrRefused(byte[] bytes) {
    HostileFrames.read(bytes);
  }

  @FuzzTest(maxDuration = "1m")
  void anyOriginsOfDraftsAreReadOrRefused(byte[] bytes) {
    HostileFrames.readDraft(bytes);
  }

  @FuzzTest(maxDuration = "1m")
  void anySessionPutsOutItsOwnSequence(byte[] bytes) {
    HostileFrames.drive(bytes);
  }
}
