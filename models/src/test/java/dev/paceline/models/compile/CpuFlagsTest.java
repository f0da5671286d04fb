package dev.paceline.models.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuFlagsTest {
  @ParameterizedTest
  @ValueSource(strings = {"avx512_vnni", "avx_vnni"})
  void readsWholeFlags(String flag) {
    assertThat(has("model name\t: x\nflags\t\t: fpu avx2 " + flag + " sse\n")).isTrue();
    assertThat(has("flags\t\t: fpu " + flag + "\n")).isTrue();
    assertThat(has("flags\t\t: fpu avx2 " + flag + "_not avx512f\n")).isFalse();
    assertThat(has("Features\t: asimd " + flag + "\n")).isFalse();
    assertThat(has("")).isFalse();
  }

  @Test
  void bfloat16IsMoreThanLongVectors() {
    assertThat(CpuFlags.flagged("flags\t: avx512f avx512_bf16 fma\n", CpuFlags.BFLOAT16)).isTrue();
    assertThat(CpuFlags.flagged("flags\t: amx_tile amx_bf16\n", CpuFlags.BFLOAT16)).isTrue();
    assertThat(CpuFlags.flagged("flags\t: avx512f avx512vl\n", CpuFlags.BFLOAT16)).isFalse();
  }

  private static boolean has(String cpuinfo) {
    return CpuFlags.flagged(cpuinfo, List.of("avx512_vnni", "avx_vnni"));
  }
}
