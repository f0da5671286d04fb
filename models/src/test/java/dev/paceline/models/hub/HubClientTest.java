package dev.paceline.models.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubClientTest {
  private static final HubId MODEL = new HubId("org/model", HubId.MAIN);

  @TempDir Path home;
  private FakeHub hub;
  private byte[] weights;

  @BeforeEach
  void start() throws IOException {
    hub = new FakeHub();
    weights = new byte[300_000];
    new Random(1).nextBytes(weights);
    hub.files.put("config.json", "{\"model_type\":\"gpt2\"}".getBytes(StandardCharsets.UTF_8));
    hub.files.put("tokenizer.json", "{}".getBytes(StandardCharsets.UTF_8));
    hub.files.put("README.md", "not wanted".getBytes(StandardCharsets.UTF_8));
    hub.files.put("pytorch_model.bin", new byte[20_000]);
    hub.files.put("model.safetensors", weights);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void downloadsIntoTheSharedLayout() throws IOException {
    Path snapshot = pull();
    Path model = home.resolve("models--org--model");
    assertThat(snapshot).isEqualTo(model.resolve("snapshots").resolve(FakeHub.COMMIT));
    assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(weights);
    assertThat(Files.readSymbolicLink(snapshot.resolve("model.safetensors")))
        .isRelative()
        .hasParentRaw(Path.of("..", "..", "blobs"));
    assertThat(model.resolve("refs/main")).hasContent(FakeHub.COMMIT);
    try (Stream<Path> names = Files.list(snapshot)) {
      assertThat(names.map(p -> String.valueOf(p.getFileName())))
          .containsExactlyInAnyOrder("config.json", "tokenizer.json", "model.safetensors");
    }
    assertThat(new HubCache(home).list())
        .extracting(HubCache.Entry::name)
        .containsExactly("org/model");
  }

  @Test
  void whatIsThereIsNotFetchedAgain() {
    pull();
    hub.requests.clear();
    pull();
    assertThat(hub.requests).containsExactly("hub GET /api/models/org/model/revision/main");
  }

  @Test
  void aBrokenTransferIsResumed() {
    hub.breaks.set(2);
    assertThat(pull().resolve("model.safetensors")).hasBinaryContent(weights);
    // How much of a broken answer arrives is the network's affair.
    assertThat(hub.requests)
        .filteredOn(r -> r.startsWith("store"))
        .satisfiesExactly(
            r -> assertThat(r).isEqualTo("store GET /model.safetensors"),
            r -> assertThat(r).matches("store GET /model.safetensors bytes=1\\d{5}-"),
            r -> assertThat(r).matches("store GET /model.safetensors bytes=[12]\\d{5}-"));
  }

  @Test
  void aLaterProcessResumesToo() {
    hub.breaks.set(100);
    refuses("the transfer of model.safetensors broke off after ", "(tried 6 times)");
    hub.breaks.set(0);
    hub.requests.clear();
    assertThat(pull().resolve("model.safetensors")).hasBinaryContent(weights);
    assertThat(hub.requests)
        .filteredOn(r -> r.startsWith("store"))
        .singleElement()
        .asString()
        .contains("bytes=");
  }

  @Test
  void aServerWithoutRangesStartsOver() {
    hub.breaks.set(1);
    hub.ignoreRanges = true;
    assertThat(pull().resolve("model.safetensors")).hasBinaryContent(weights);
  }

  @Test
  void aWrongDigestIsRefusedAndNothingIsLeft() throws IOException {
    hub.wrongContent = true;
    refuses("model.safetensors of 'org/model' arrived damaged", "do not have the digest");
    assertThat(home.resolve("models--org--model/refs/main")).doesNotExist();
    try (Stream<Path> blobs = Files.list(home.resolve("models--org--model/blobs"))) {
      assertThat(blobs).noneMatch(p -> p.toString().contains("incomplete"));
    }
    hub.wrongContent = false;
    assertThat(pull().resolve("model.safetensors")).hasBinaryContent(weights);
  }

  @Test
  void aDamagedBeginningIsFetchedAfresh() throws IOException {
    hub.breaks.set(100);
    refuses("broke off");
    hub.breaks.set(0);
    try (Stream<Path> blobs = Files.list(home.resolve("models--org--model/blobs"))) {
      Path part = blobs.filter(p -> p.toString().endsWith(".incomplete")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(part);
      bytes[7] ^= 1;
      Files.write(part, bytes);
    }
    assertThat(pull().resolve("model.safetensors")).hasBinaryContent(weights);
  }

  @Test
  void busyServersAreAskedAgain() {
    hub.busy.set(2);
    assertThat(pull().resolve("model.safetensors")).hasBinaryContent(weights);
    hub.busy.set(100);
    refuses("answers with status 503 (tried 4 times)");
  }

  @Test
  void theTokenGoesToTheHubAndToNobodyElse() {
    hub.requiredToken = "sesame";
    refuses("refuses 'org/model' (401)", "set HF_TOKEN");
    assertThatThrownBy(() -> client(Map.of("HF_TOKEN", "wrong")).pull(MODEL, c -> {}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("HF_TOKEN is not valid")
        .hasMessageNotContaining("wrong");
    hub.requests.clear();
    client(Map.of("HF_TOKEN", "sesame")).pull(MODEL, c -> {});
    assertThat(hub.requests)
        .filteredOn(r -> r.startsWith("hub"))
        .allMatch(r -> r.endsWith("Bearer sesame"));
    assertThat(hub.requests)
        .filteredOn(r -> r.startsWith("store"))
        .isNotEmpty()
        .noneMatch(r -> r.contains("Bearer"));
    assertThat(HubSettings.of(Map.of("HF_TOKEN", "sesame")).toString()).doesNotContain("sesame");
  }

  @Test
  void renamedModelsAreFollowed() {
    Path snapshot = client(Map.of()).pull(new HubId("old-name", HubId.MAIN), c -> {});
    assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(weights);
  }

  @Test
  void whatIsNotThereIsOneSentence() {
    assertThatThrownBy(() -> client(Map.of()).pull(new HubId("org/other", HubId.MAIN), c -> {}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has no model 'org/other' (404)");
    assertThatThrownBy(() -> client(Map.of()).pull(new HubId("org/model", "v9"), c -> {}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has no model 'org/model@v9' (404)");
    hub.files.remove("model.safetensors");
    refuses("'org/model' has no safetensors weights on the hub");
    hub.files.put(
        "model.safetensors.index.json",
        "{\"weight_map\":{\"a\":\"../../x.safetensors\"}}".getBytes(StandardCharsets.UTF_8));
    refuses("not the name of a safetensors file in the same folder");
    hub.escape = true;
    refuses("names no commit");
  }

  @Test
  void shardsComeWithTheirIndex() {
    hub.files.remove("model.safetensors");
    hub.files.put("model-1.safetensors", weights);
    hub.files.put("model-2.safetensors", new byte[20_000]);
    hub.files.put(
        "model.safetensors.index.json",
        "{\"weight_map\":{\"a\":\"model-1.safetensors\",\"b\":\"model-2.safetensors\"}}"
            .getBytes(StandardCharsets.UTF_8));
    Path snapshot = pull();
    assertThat(snapshot.resolve("model-1.safetensors")).hasBinaryContent(weights);
    assertThat(snapshot.resolve("model-2.safetensors")).hasSize(20_000);
  }

  @Test
  void offlineUsesTheCacheOnly() {
    assertThatThrownBy(() -> client(Map.of("HF_HUB_OFFLINE", "1")).pull(MODEL, c -> {}))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("HF_HUB_OFFLINE is set")
        .hasMessageContaining("org/model");
    assertThat(hub.requests).isEmpty();
    Path snapshot = pull();
    hub.requests.clear();
    assertThat(client(Map.of("HF_HUB_OFFLINE", "1")).pull(MODEL, c -> {})).isEqualTo(snapshot);
    assertThat(hub.requests).isEmpty();
  }

  @Test
  void severalPullsAtOnceFetchOnce() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      Callable<Path> pull = this::pull;
      for (Future<Path> done : pool.invokeAll(List.of(pull, pull, pull))) {
        assertThat(done.get().resolve("model.safetensors")).hasBinaryContent(weights);
      }
    } finally {
      pool.shutdown();
    }
    assertThat(hub.requests).filteredOn(r -> r.startsWith("store")).hasSize(1);
  }

  @Test
  void aHubThatIsNotThereIsOneSentence() {
    hub.close();
    refuses("cannot reach http://", "(tried 4 times)");
  }

  @Test
  void strangeNamesAndAddressesAreRefused() {
    for (String name : List.of("", "a/b/c", "../x", "a b", "a--b/c", "x/..", "https://x/y")) {
      assertThatThrownBy(() -> HubId.parse(name))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("'");
    }
    assertThatThrownBy(() -> HubSettings.of(Map.of("HF_ENDPOINT", "ftp://x")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("HF_ENDPOINT 'ftp://x'");
  }

  @Test
  void theCacheFollowsTheEnvironment() {
    assertThat(HubCache.of(Map.of("HF_HUB_CACHE", "/a", "HF_HOME", "/b")).root())
        .isEqualTo(Path.of("/a"));
    assertThat(HubCache.of(Map.of("HF_HOME", "/b")).root()).isEqualTo(Path.of("/b/hub"));
    assertThat(HubCache.of(Map.of()).root()).endsWithRaw(Path.of(".cache/huggingface/hub"));
  }

  private Path pull() {
    return client(Map.of()).pull(MODEL, c -> {});
  }

  private void refuses(String... words) {
    assertThatThrownBy(this::pull).isInstanceOf(UserError.class).hasMessageContainingAll(words);
  }

  private HubClient client(Map<String, String> environment) {
    HubSettings settings = HubSettings.of(environment);
    return new HubClient(
        new HubSettings(
            URI.create(hub.endpoint()),
            settings.token(),
            settings.offline(),
            new HubCache(home),
            Duration.ofMillis(5)),
        DownloadProgress.SILENT);
  }
}
