package dev.paceline.models.compile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VnniTest {
  @Test
  void readsWholeFlags() {
    assertThat(Vnni.flagged("model name\t: x\nflags\t\t: fpu avx2 avx512_vnni sse\n")).isTrue();
    assertThat(Vnni.flagged("flags\t\t: fpu avx_vnni\n")).isTrue();
    assertThat(Vnni.flagged("flags\t\t: fpu avx2 avx512_vnni_not avx512f\n")).isFalse();
    assertThat(Vnni.flagged("Features\t: asimd avx512_vnni\n")).isFalse();
    assertThat(Vnni.flagged("")).isFalse();
  }
}
