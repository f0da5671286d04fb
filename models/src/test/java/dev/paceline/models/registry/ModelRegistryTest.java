package dev.paceline.models.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRegistryTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir Path home;
  private ModelRegistry registry;

  @BeforeEach
  void registry() {
    registry =
        new ModelRegistry(
            Map.of(
                "PACELINE_CACHE",
                home.resolve("paceline").toString(),
                "HF_HOME",
                home.resolve("hf").toString()));
  }

  @Test
  void theBuiltinPairOpensLikeAnyFolder() {
    ModelRegistry.Pair pair = registry.pair("paceline-nano");
    CacheDirectory cache = new CacheDirectory(home.resolve("paceline"));
    try (Gpt2Checkpoint draft = Gpt2Checkpoint.open(pair.draft().directory(), cache);
        Gpt2Checkpoint target = Gpt2Checkpoint.open(pair.target().directory(), cache);
        Tokenizer left = Tokenizer.open(pair.draft().directory(), cache);
        Tokenizer right = Tokenizer.open(pair.target().directory(), cache)) {
      // Parameters and shapes from the pair's README.
      assertThat(draft.config().parameters()).isBetween(985_000L, 995_000L);
      assertThat(target.config().parameters()).isBetween(5_915_000L, 5_925_000L);
      assertThat(left.fingerprint()).isEqualTo(right.fingerprint());
      assertThat(target.config().eosToken()).isEqualTo(right.eosToken()).isEqualTo(4095);
      left.requireFits(target.config().vocabSize(), pair.target().id());
    }
  }

  @Test
  void aDamagedCacheIsRepaired() throws IOException {
    Path directory = registry.resolve("paceline-nano-draft").directory();
    Path weights = directory.resolve("model.safetensors");
    byte[] good = Files.readAllBytes(weights);
    byte[] bad = good.clone();
    bad[bad.length / 2] ^= 1;
    Files.write(weights, bad);
    Files.delete(directory.resolve("tokenizer.json"));
    assertThat(registry.resolve("paceline-nano-draft").directory()).isEqualTo(directory);
    assertThat(Files.readAllBytes(weights)).isEqualTo(good);
    assertThat(directory.resolve("tokenizer.json")).exists();
  }

  @Test
  void manyMayUnpackAtOnce() throws Exception {
    byte[] shipped;
    try (InputStream in =
        ModelRegistry.class.getResourceAsStream(
            "/dev/paceline/models/builtin/paceline-nano-draft/model.safetensors")) {
      shipped = Objects.requireNonNull(in).readAllBytes();
    }
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      Callable<Path> unpack = () -> registry.resolve("paceline-nano-draft").directory();
      for (Future<Path> directory :
          pool.invokeAll(IntStream.range(0, 8).mapToObj(i -> unpack).toList())) {
        assertThat(directory.get().resolve("model.safetensors")).hasBinaryContent(shipped);
      }
    } finally {
      pool.shutdown();
    }
    try (Stream<Path> left = Files.list(home.resolve("paceline/builtin"))) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void modelsOfTheHubsCacheAreFoundByIdAndRevision() throws IOException {
    Path snapshot = snapshot("openai-community/gpt2");
    for (String id : List.of("openai-community/gpt2", "gpt2", "openai-community/gpt2@" + COMMIT)) {
      assertThat(registry.resolve(id).directory()).isEqualTo(snapshot);
    }
    assertThat(registry.resolve("gpt2").id()).isEqualTo("openai-community/gpt2");
    assertThat(registry.cached())
        .extracting(ModelSource::id)
        .containsExactly("openai-community/gpt2");
    Files.delete(snapshot.resolve("model.safetensors"));
    refuses("gpt2", "only partly in the hub's cache");
  }

  @Test
  void foldersAreTakenAsTheyAre() {
    assertThat(registry.resolve(home.toString()))
        .isEqualTo(new ModelSource(String.valueOf(home.getFileName()), home));
  }

  @Test
  void unknownNamesSayWhatToDo() {
    refuses(
        "openai-community/gpt2-xl", "'paceline models pull openai-community/gpt2-xl' downloads it");
    refuses("gpt2-xl", "'paceline models pull openai-community/gpt2-xl' downloads it");
    refuses("paceline-nano", "is a pair of models where one belongs");
    assertThatThrownBy(() -> registry.pair("gpt2"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("'gpt2' is not a pair of models");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "../x/y", "/no/such/folder", "a/b/c", "a--b", "x\0y", "@main", "a@../b"})
  void strangeNamesAreRefused(String name) {
    refuses(name, "'");
  }

  private void refuses(String name, String words) {
    assertThatThrownBy(() -> registry.resolve(name))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(words);
  }

  private Path snapshot(String id) throws IOException {
    Path model = home.resolve("hf/hub/models--" + id.replace("/", "--"));
    Path snapshot = Files.createDirectories(model.resolve("snapshots").resolve(COMMIT));
    Files.createDirectories(model.resolve("refs"));
    Files.writeString(model.resolve("refs/main"), COMMIT);
    Files.writeString(snapshot.resolve("config.json"), "{}");
    Files.writeString(snapshot.resolve("model.safetensors"), "");
    return snapshot;
  }
}
