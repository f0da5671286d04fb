package dev.paceline.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.models.hub.FakeHub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PullCommandTest {
  private static final Path TINY = Path.of("src/test/resources/golden/gpt2-tiny");

  @TempDir Path home;
  private FakeHub hub;
  private CommandHarness models;

  @BeforeEach
  void start() throws IOException {
    hub = new FakeHub();
    hub.files.put("config.json", Files.readAllBytes(TINY.resolve("config.json")));
    hub.files.put("model.safetensors", Files.readAllBytes(TINY.resolve("model.safetensors")));
    models = new CommandHarness(home);
    models.environment.put("HF_ENDPOINT", hub.endpoint());
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void whatIsPulledCanBeListedAndInspected() throws Exception {
    assertThat(models.run("pull", "org/model")).isZero();
    assertThat(models.out()).contains("org/model: 0.2 M parameters (3 × 64 × 4)", FakeHub.COMMIT);
    assertThat(models.err()).isEmpty();
    assertThat(models.run("ls")).isZero();
    assertThat(models.out()).contains("org/model");
    assertThat(models.run("inspect", "org/model", "--json")).isZero();
    String blob =
        Files.readSymbolicLink(
                Path.of(models.json().path("directory").asText(), "model.safetensors"))
            .getFileName()
            .toString();
    assertThat(models.json().path("digest").asText()).isEqualTo(blob);
  }

  @Test
  void refusalsAreOneSentence() throws Exception {
    hub.requiredToken = "sesame";
    assertThat(models.run("pull", "org/model")).isEqualTo(1);
    assertThat(models.err()).contains("refuses 'org/model' (401)").hasLineCount(1);
    models.environment.put("HF_TOKEN", "sesame");
    assertThat(models.run("pull", "org/model", "--revision", "v2")).isEqualTo(1);
    assertThat(models.err()).contains("has no model 'org/model@v2' (404)").hasLineCount(1);
  }

  @Test
  void anotherKindOfModelIsRefusedBeforeItsWeightsCome() throws Exception {
    hub.files.put("config.json", "{\"model_type\":\"llama\"}".getBytes(StandardCharsets.UTF_8));
    assertThat(models.run("pull", "org/model")).isEqualTo(1);
    assertThat(models.err()).contains("has model_type \"llama\"").hasLineCount(1);
    assertThat(hub.requests()).noneMatch(r -> r.contains("safetensors"));
  }
}
