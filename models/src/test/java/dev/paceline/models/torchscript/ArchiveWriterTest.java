package dev.paceline.models.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveWriterTest {
  @TempDir Path folder;

  @Test
  void entriesAreStoredAlignedAndNamedAsPyTorchExpects() throws IOException {
    Path path = folder.resolve("a.pt");
    ArchiveWriter.write(path, module(3));
    assertThat(ArchiveWriter.intact(path)).isTrue();
    byte[] bytes = Files.readAllBytes(path);
    try (ZipFile zip = new ZipFile(path.toFile())) {
      assertThat(zip.stream().map(ZipEntry::getName))
          .containsExactly(
              "program/data.pkl",
              "program/code/__torch__.py",
              "program/constants.pkl",
              "program/version",
              "program/byteorder",
              "program/data/0");
      for (ZipEntry entry : zip.stream().toList()) {
        assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
        byte[] data = zip.getInputStream(entry).readAllBytes();
        assertThat(indexOf(bytes, data) % 64).as(entry.getName()).isZero();
      }
      String version =
          new String(
              zip.getInputStream(zip.getEntry("program/version")).readAllBytes(),
              StandardCharsets.US_ASCII);
      assertThat(version).isEqualTo("10\n");
    }
  }

  @Test
  void dataOfTheWrongLengthIsRefused() {
    assertThatThrownBy(() -> ArchiveWriter.write(folder.resolve("b.pt"), module(2)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("12 bytes instead of 8");
    assertThat(ArchiveWriter.intact(folder.resolve("b.pt"))).isFalse();
    assertThat(ArchiveWriter.intact(folder.resolve("missing.pt"))).isFalse();
  }

  /** As for entries beyond 4 GiB, with a lower limit. */
  @Test
  void largeEntriesUseZip64() throws IOException {
    Path path = folder.resolve("large.zip");
    byte[] large = new byte[5000];
    try (StoredZipWriter zip = new StoredZipWriter(path, 1000)) {
      zip.entry("small", new byte[] {9});
      zip.entry("large", large);
      zip.entry("after", new byte[] {1, 2, 3});
      zip.finish();
    }
    try (ZipFile zip = new ZipFile(path.toFile())) {
      assertThat(zip.getEntry("large").getSize()).isEqualTo(5000);
      assertThat(zip.getInputStream(zip.getEntry("large")).readAllBytes()).isEqualTo(large);
      assertThat(zip.getInputStream(zip.getEntry("after")).readAllBytes()).containsExactly(1, 2, 3);
      assertThat(zip.getInputStream(zip.getEntry("small")).readAllBytes()).containsExactly(9);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a b", "a\n  import os", "self", "torch", "1a", "a.b", "a'", "ä", "if"})
  void hostileNamesAreRefused(String name) {
    ScriptModule module = new ScriptModule();
    assertThatThrownBy(() -> module.tensor(name)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> module.method(name, "Tensor"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Expr.variable(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void hostileOperatorsTypesAndStringsAreRefused() {
    assertThatThrownBy(() -> Expr.torch("add(x); os.system")).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(() -> Expr.emptyList("int\n")).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(() -> Expr.string("\"+x")).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(() -> Expr.of(Double.NaN)).isInstanceOf(RuntimeException.class);
    ScriptModule module = new ScriptModule();
    assertThat(module.tensor("twice")).hasToString("self.twice");
    assertThatThrownBy(() -> module.tensor("twice")).hasMessageContaining("twice");
  }

  @Test
  void methodsReadLikePyTorchsOwnSource() {
    ScriptModule module = new ScriptModule();
    Method m = module.method("forward", "Tensor");
    Expr x = m.parameter("x");
    Expr n = m.let("n", Expr.torch("size", x, Expr.of(0)));
    m.loop("i", n, i -> m.run(Expr.torch("add_", x, i)));
    m.either(Expr.torch("gt", n, Expr.of(1)), () -> m.let("y", x), () -> m.let("y", Expr.NONE));
    m.result(Expr.variable("y"));
    assertThat(module.source().lines().map(String::strip).skip(5))
        .containsExactly(
            "def forward(self: __torch__.Program,",
            "x: Tensor) -> Tensor:",
            "n = torch.size(x, 0)",
            "for i in range(n):",
            "_0 = torch.add_(x, i)",
            "if torch.gt(n, 1):",
            "y = x",
            "else:",
            "y = None",
            "return y");
  }

  private static ScriptModule module(int length) {
    ScriptModule module = new ScriptModule();
    byte[] data = {7, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 77};
    Expr tensor =
        module.tensor(
            "weight",
            ElementType.FLOAT,
            channel -> assertThat(channel.write(ByteBuffer.wrap(data))).isEqualTo(12),
            length);
    Method m = module.method("forward", "Tensor");
    m.result(tensor);
    return module;
  }

  private static int indexOf(byte[] all, byte[] part) {
    for (int at = 0; at + part.length <= all.length; at++) {
      if (java.util.Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    return -1;
  }
}
