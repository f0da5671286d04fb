package dev.paceline.models.gpt2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.Digests;
import dev.paceline.models.safetensors.DType;
import dev.paceline.models.safetensors.SafetensorsWriter;
import dev.paceline.models.safetensors.SafetensorsWriter.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Gpt2CheckpointTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final Gpt2Config CONFIG = Gpt2Config.ofShape(11, 6, 4, 2, 2, 7);

  @TempDir Path home;
  private Path directory;
  private CacheDirectory cache;

  @BeforeEach
  void folders() throws IOException {
    directory = Files.createDirectory(home.resolve("model"));
    cache = new CacheDirectory(home.resolve("cache"));
    config(
        "\"vocab_size\":11,\"n_positions\":6,\"n_embd\":4,\"n_layer\":2,\"n_head\":2,\"n_inner\":7");
  }

  @Test
  void opensCheckpointsThatTransformersWrote() {
    try (Gpt2Checkpoint tiny = Gpt2Checkpoint.open(GOLDEN.resolve("gpt2-tiny"), cache)) {
      assertThat(tiny.config())
          .isEqualTo(
              new Gpt2Config(
                  1024, 128, 64, 3, 4, 256, 1e-5f, Activation.GELU_NEW, true, false, 0, 0));
      assertThat(tiny.tied()).isTrue();
      assertThat(tiny.tensor("h.2.attn.c_attn.weight").shape()).containsExactly(64, 192);
      assertThat(tiny.tensors().values().stream().mapToLong(t -> t.elements()).sum())
          .isEqualTo(tiny.config().parameters());
    }
    try (Gpt2Checkpoint inner = Gpt2Checkpoint.open(GOLDEN.resolve("gpt2-inner"), cache)) {
      assertThat(inner.config().innerWidth()).isEqualTo(100);
    }
  }

  @Test
  void parametersOfTheKnownModels() {
    // transformers: GPT2LMHeadModel(GPT2Config(...)).num_parameters()
    assertThat(Gpt2Config.ofShape(50257, 1024, 768, 12, 12, 3072).parameters())
        .isEqualTo(124_439_808L);
    assertThat(Gpt2Config.ofShape(50257, 1024, 1600, 48, 25, 6400).parameters())
        .isEqualTo(1_557_611_200L);
  }

  @Test
  void namesWithAndWithoutPrefixAndBuffersAreTheSame() throws IOException {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    CONFIG.shapes().forEach((name, shape) -> shapes.put("transformer." + name, shape));
    shapes.put("transformer.h.0.attn.bias", new long[] {1, 1, 6, 6});
    shapes.put("transformer.h.0.attn.masked_bias", new long[0]);
    write("model.safetensors", shapes);
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(directory, cache)) {
      assertThat(checkpoint.tensors().keySet()).containsExactlyElementsOf(CONFIG.shapes().keySet());
      assertThat(checkpoint.tied()).isTrue();
    }
  }

  @Test
  void aSeparateHeadIsKeptUnlessItIsTheEmbedding() throws IOException {
    Map<String, long[]> shapes = CONFIG.shapes();
    shapes.put("lm_head.weight", new long[] {11, 4});
    write("model.safetensors", shapes);
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(directory, cache)) {
      assertThat(checkpoint.tied()).isFalse();
      assertThat(checkpoint.tensor("lm_head.weight").shape()).containsExactly(11, 4);
    }
    writeValues("model.safetensors", shapes, false);
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(directory, cache)) {
      assertThat(checkpoint.tied()).isTrue();
    }
  }

  @Test
  void shardsAreOneCheckpoint() throws IOException {
    shards("b.safetensors");
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(directory, cache)) {
      assertThat(checkpoint.tensors()).hasSize(CONFIG.shapes().size());
      String expected =
          Digests.sha256(
              "a.safetensors:"
                  + Digests.sha256(directory.resolve("a.safetensors"))
                  + "\nb.safetensors:"
                  + Digests.sha256(directory.resolve("b.safetensors"))
                  + "\n");
      assertThat(checkpoint.digest()).isEqualTo(expected);
    }
  }

  @Test
  void anIndexCannotLeadOutOfTheFolder() throws IOException {
    for (String name :
        List.of("../b.safetensors", "/tmp/b.safetensors", "..", "c\\\\b.safetensors", "b.bin")) {
      shards(name);
      refuses("not the name of a safetensors file in the same folder");
    }
    shards("missing.safetensors");
    refuses("missing.safetensors: no such file");
    shards("a.safetensors");
    refuses("a.safetensors lacks tensor 'transformer.");
  }

  @Test
  void wrongTensorsAreNamed() throws IOException {
    Map<String, long[]> shapes = CONFIG.shapes();
    shapes.remove("h.1.mlp.c_fc.bias");
    write("model.safetensors", shapes);
    refuses("has no tensor 'h.1.mlp.c_fc.bias' [7]");

    shapes = CONFIG.shapes();
    shapes.put("h.1.mlp.c_fc.weight", new long[] {7, 4});
    write("model.safetensors", shapes);
    refuses("tensor 'h.1.mlp.c_fc.weight' [7, 4] does not have the shape [4, 7]");

    shapes = CONFIG.shapes();
    shapes.put("h.2.ln_1.bias", new long[] {4});
    write("model.safetensors", shapes);
    refuses("n_layer is 2");

    shapes = CONFIG.shapes();
    shapes.put("transformer.ln_f.bias", new long[] {4});
    write("model.safetensors", shapes);
    refuses("are the same weight 'ln_f.bias'");
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    refuses("has neither model.safetensors nor model.safetensors.index.json");
    Files.delete(directory.resolve("config.json"));
    refuses("config.json: no such file");
    directory = home.resolve("nowhere");
    refuses("nowhere is not a folder with a model");
  }

  @Test
  void digestIsTheBlobsNameOrRememberedUntilTheFileChanges() throws IOException {
    write("model.safetensors", CONFIG.shapes());
    Path file = directory.resolve("model.safetensors");
    String digest = Digests.sha256(file);
    assertThat(digest()).isEqualTo(digest);
    Path remembered;
    try (Stream<Path> entries = Files.list(cache.resolve("digests"))) {
      remembered = entries.findFirst().orElseThrow();
    }
    Files.writeString(remembered, "f".repeat(64));
    assertThat(digest()).isEqualTo("f".repeat(64));

    Path blobs = Files.createDirectories(home.resolve("blobs"));
    String named = "ab".repeat(32);
    Files.move(file, blobs.resolve(named));
    Files.createSymbolicLink(file, Path.of("..", "blobs", named));
    assertThat(digest()).isEqualTo(named);
  }

  private String digest() {
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(directory, cache)) {
      return checkpoint.digest();
    }
  }

  private void refuses(String words) {
    assertThatThrownBy(() -> Gpt2Checkpoint.open(directory, cache).close())
        .isInstanceOf(UserError.class)
        .hasMessageContaining(words);
  }

  private void config(String keys) throws IOException {
    Files.writeString(directory.resolve("config.json"), "{\"model_type\":\"gpt2\"," + keys + "}");
  }

  private void shards(String second) throws IOException {
    Map<String, long[]> a = new LinkedHashMap<>();
    Map<String, long[]> b = new LinkedHashMap<>();
    StringBuilder map = new StringBuilder();
    CONFIG
        .shapes()
        .forEach(
            (name, shape) -> {
              boolean first = a.size() < 10;
              (first ? a : b).put("transformer." + name, shape);
              map.append(map.isEmpty() ? "" : ",");
              map.append("\"transformer.").append(name).append("\":\"");
              map.append(first ? "a.safetensors" : second).append('"');
            });
    write("a.safetensors", a);
    write("b.safetensors", b);
    Files.writeString(
        directory.resolve("model.safetensors.index.json"),
        "{\"metadata\":{},\"weight_map\":{" + map + "}}");
  }

  private void write(String name, Map<String, long[]> shapes) throws IOException {
    writeValues(name, shapes, true);
  }

  private void writeValues(String name, Map<String, long[]> shapes, boolean different)
      throws IOException {
    List<Spec> specs =
        shapes.entrySet().stream().map(e -> Spec.of(e.getKey(), DType.F32, e.getValue())).toList();
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(directory.resolve(name), specs, Map.of())) {
      float value = 0;
      for (Spec spec : specs) {
        value += different ? 1 : 0;
        for (long i = 0; i < spec.elements(); i++) {
          writer.writeFloats(new float[] {value}, 0, 1);
        }
      }
    }
  }
}
