package dev.paceline.target.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import dev.paceline.target.slots.SlotSizing.KvShape;
import dev.paceline.target.slots.SlotSizing.Request;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SlotSizingTest {
  private static final long GIB = 1L << 30;
  // GPT2-XL: 48 blocks, 25 heads of 64, context 1024 (model card). fp16 keys and values take
  // 2 * 48 * 1600 * 2 = 307,200 bytes a position, 300 MiB a full slot.
  private static final KvShape XL = new KvShape(48, 1600, 2, 1024);

  private static Request request(double fraction, int slots, int contextSize, int maxSlots) {
    return new Request(fraction, option(slots), option(contextSize), maxSlots);
  }

  private static OptionalInt option(int value) {
    return value == -1 ? OptionalInt.empty() : OptionalInt.of(value);
  }

  @Test
  void aPositionOfGpt2XlTakes307200Bytes() {
    assertThat(XL.bytesPerPosition()).isEqualTo(307_200);
  }

  @Test
  void theFractionOfFreeMemoryDecides() {
    SlotSizing sizing = SlotSizing.of(XL, 10 * GIB, request(0.9, -1, -1, 256));
    // 9 GiB / 300 MiB = 30.72
    assertThat(sizing.slots()).isEqualTo(30);
    assertThat(sizing.positionsPerSlot()).isEqualTo(1024);
    assertThat(sizing.bytes()).isEqualTo(30L * 300 * (1 << 20));
    assertThat(sizing.report())
        .isEqualTo(
            "30 KV slots of 1024 positions take 8.8 GiB of 10.0 GiB free device memory"
                + " (90 % may be used).");
  }

  @Test
  void moreSlotsThanUsefulAreNotMade() {
    SlotSizing sizing = SlotSizing.of(XL, 1000 * GIB, request(0.9, -1, 512, 64));
    assertThat(sizing.slots()).isEqualTo(64);
    assertThat(sizing.positionsPerSlot()).isEqualTo(512);
    assertThat(sizing.report()).contains("the most that is useful");
  }

  @Test
  void aGivenNumberIsTakenOrRefused() {
    assertThat(SlotSizing.of(XL, 10 * GIB, request(0.1, 34, -1, 1)).slots()).isEqualTo(34);
    assertThatThrownBy(() -> SlotSizing.of(XL, 10 * GIB, request(0.9, 35, -1, 64)))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "--slots 35 with --ctx-size 1024 needs 10.3 GiB of device memory, but 10.0 GiB is free");
    assertThatThrownBy(() -> SlotSizing.of(XL, 10 * GIB, request(0.9, Integer.MAX_VALUE, -1, 1)))
        .isInstanceOf(UserError.class);
  }

  @Test
  void whatCannotBeIsRefusedInOneSentence() {
    assertThatThrownBy(() -> SlotSizing.of(XL, GIB / 4, request(0.9, -1, -1, 64)))
        .hasMessageContaining("needs 300.0 MiB, but 256.0 MiB");
    assertThatThrownBy(() -> SlotSizing.of(XL, -1, request(0.9, -1, -1, 64)))
        .isInstanceOf(UserError.class);
    assertThatThrownBy(() -> SlotSizing.of(XL, GIB, request(0.9, -1, 2048, 64)))
        .hasMessage("--ctx-size 2048 exceeds the model's context length of 1024");
    assertThatThrownBy(() -> request(1.5, -1, -1, 64)).hasMessageContaining("1.5");
    assertThatThrownBy(() -> request(0.5, 0, -1, 64)).hasMessageContaining("--slots 0");
    assertThatThrownBy(() -> request(0.5, 1, 0, 64)).hasMessageContaining("--ctx-size 0");
  }
}
