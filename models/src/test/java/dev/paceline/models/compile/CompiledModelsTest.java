package dev.paceline.models.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.torchscript.ArchiveWriter;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompiledModelsTest {
  @TempDir Path folder;
  private CacheDirectory cache;
  private Gpt2Checkpoint checkpoint;

  @BeforeEach
  void open() throws Exception {
    cache = new CacheDirectory(folder);
    Path golden = Path.of(CompiledModelsTest.class.getResource("/golden/gpt2-inner").toURI());
    checkpoint = Gpt2Checkpoint.open(golden, cache);
  }

  @AfterEach
  void close() {
    checkpoint.close();
  }

  @Test
  void compilesOncePerPrecisionAndProgram() throws IOException {
    Path first = compile(Precision.FP32);
    byte[] bytes = Files.readAllBytes(first);
    Files.setLastModifiedTime(first, java.nio.file.attribute.FileTime.fromMillis(0));
    assertThat(compile(Precision.FP32)).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(first).toMillis()).isZero();
    assertThat(compile(Precision.BF16)).isNotEqualTo(first);
    assertThat(compile(Precision.INT8)).isNotEqualTo(first);
    assertThat(Files.readAllBytes(first)).isEqualTo(bytes);
  }

  @Test
  void rebuildsATruncatedFile() throws IOException {
    Path path = compile(Precision.FP32);
    byte[] whole = Files.readAllBytes(path);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(whole.length / 2);
    }
    assertThat(ArchiveWriter.intact(path)).isFalse();
    assertThat(Files.readAllBytes(compile(Precision.FP32))).isEqualTo(whole);
  }

  @Test
  void rebuildsAFileWithOneFlippedBit() throws IOException {
    Path path = compile(Precision.FP32);
    byte[] whole = Files.readAllBytes(path);
    byte[] damaged = whole.clone();
    damaged[whole.length / 2] ^= 1;
    Files.write(path, damaged);
    assertThat(Files.readAllBytes(compile(Precision.FP32))).isEqualTo(whole);
  }

  @Test
  void twoAtOnceBothSucceedAndLeaveOneFile() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Path>> tasks = Stream.generate(this::task).limit(4).toList();
      for (Future<Path> done : threads.invokeAll(tasks)) {
        assertThat(ArchiveWriter.intact(done.get())).isTrue();
      }
    } finally {
      threads.shutdown();
    }
    try (Stream<Path> files = Files.list(folder.resolve("compiled"))) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void refusesWhatAKernelCannotDo() {
    Gpt2Config narrow = Gpt2Config.ofShape(100, 64, 40, 1, 2, 64);
    assertThatThrownBy(() -> new ProgramSpec(narrow, Precision.INT8, Backend.ONEDNN, true))
        .isInstanceOf(UserError.class)
        .hasMessage("precision int8 needs a width that is a multiple of 16, but n_embd is 40");
    assertThatThrownBy(() -> new ProgramSpec(narrow, Precision.INT8, Backend.CUDA, true))
        .isInstanceOf(UserError.class);
    assertThatThrownBy(() -> new ProgramSpec(narrow, Precision.FP16, Backend.CPU, true))
        .isInstanceOf(UserError.class);
  }

  @Test
  void everyPrecisionHasALabelThatParses() {
    for (Precision precision : Precision.values()) {
      assertThat(Precision.parse(precision.label())).isEqualTo(precision);
    }
    assertThat(Precision.parse("INT8-dynamic")).isEqualTo(Precision.INT8_DYNAMIC);
  }

  private Callable<Path> task() {
    return () -> compile(Precision.FP32);
  }

  private Path compile(Precision precision) {
    ProgramSpec spec = new ProgramSpec(checkpoint.config(), precision, Backend.ONEDNN, true);
    return CompiledModels.obtain(checkpoint, spec, cache);
  }
}
