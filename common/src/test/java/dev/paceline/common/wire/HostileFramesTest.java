package dev.paceline.common.wire;

import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.Draft;
import dev.paceline.v1.Open;
import dev.paceline.v1.SparseDistribution;
import java.util.List;
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
      HostileFrames.readDraft(bytes);
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
    byte[] paper =
        ClientFrame.newBuilder()
            .setDraft(Draft.newBuilder().setPosition(7).addIds(8).addIds(9).addQ(0.5f).addQ(1))
            .build()
            .toByteArray();
    byte[] residual =
        ClientFrame.newBuilder()
            .setDraft(
                Draft.newBuilder()
                    .setPosition(7)
                    .addIds(8)
                    .addDistributions(
                        SparseDistribution.newBuilder()
                            .addIds(3)
                            .addIds(8)
                            .addUnits(40_000)
                            .addUnits(25_536)))
            .build()
            .toByteArray();
    List<byte[]> right = List.of(open, draft, paper, residual);
    right.forEach(HostileFrames::read);
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes = right.get(i % right.size()).clone();
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
