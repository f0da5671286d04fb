package dev.paceline.common.wire;

import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.Draft;
import dev.paceline.v1.Open;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fuzzer's properties over seeded random bytes, in every build. */
class HostileFramesTest {
  @Test
  void randomBytesAreReadOrRefused() {
    Random random = new Random(1);
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      HostileFrames.read(bytes);
    }
  }

  @Test
  void damagedFramesAreReadOrRefused() {
    Random random = new Random(2);
    byte[] open =
        ClientFrame.newBuilder()
            .setOpen(
                Open.newBuilder()
                    .setProtocolVersion(Protocol.VERSION)
                    .setModelId("model")
                    .addPromptIds(3)
                    .addPromptIds(4)
                    .addStopIds(5)
                    .setMaxTokens(9)
                    .setSessionId("session"))
            .build()
            .toByteArray();
    byte[] draft =
        ClientFrame.newBuilder()
            .setDraft(Draft.newBuilder().setEpoch(1).setPosition(7).addIds(8).addIds(9))
            .build()
            .toByteArray();
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = (i % 2 == 0 ? open : draft).clone();
      for (int k = random.nextInt(4); k >= 0; k--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      HostileFrames.read(bytes);
    }
  }

  @Test
  void wildSessionsPutOutTheirOwnSequence() {
    Random random = new Random(3);
    for (int i = 0; i < 5_000; i++) {
      byte[] bytes = new byte[random.nextInt(600)];
      random.nextBytes(bytes);
      HostileFrames.drive(bytes);
    }
  }
}
