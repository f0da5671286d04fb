package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.models.compile.Precision;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.target.ServerOptions;
import dev.paceline.target.TargetServer;
import dev.paceline.target.admission.AdmissionOptions;
import dev.paceline.target.engine.EngineOptions;
import dev.paceline.target.security.DevelopmentCertificate;
import dev.paceline.target.security.PemIdentity;
import dev.paceline.target.security.SecurityOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code paceline generate} at a server with mutual TLS and bearer tokens. */
@Timeout(180)
class SecuredServerTest {
  private static final String TOKEN = "correct horse battery".replace(' ', '-');

  @TempDir private static Path folder;
  private static TargetServer server;
  private static TargetServer plain;

  @BeforeAll
  static void start() throws Exception {
    Path tokens = Files.writeString(folder.resolve("tokens"), TOKEN + "\n");
    PemIdentity client =
        DevelopmentCertificate.create(List.of("client"), Instant.now(), new SecureRandom());
    client.write(folder.resolve("client.pem"), folder.resolve("client.key"));
    server = serve(new SecurityOptions(null, null, folder.resolve("client.pem"), true, tokens));
    plain = serve(SecurityOptions.NONE);
    Files.writeString(folder.resolve("ca.pem"), server.developmentCertificate());
  }

  @AfterAll
  static void stop() {
    server.close();
    plain.close();
  }

  private static TargetServer serve(SecurityOptions security) {
    return TargetServer.start(
        new ServerOptions(
            ModelRegistry.NANO,
            "127.0.0.1",
            0,
            Precision.FP32,
            "cpu",
            OptionalInt.of(1),
            0,
            1,
            new EngineOptions(32, 32, 8, 0, 0),
            new AdmissionOptions(4, 60_000, 0, 1000, 1000),
            security,
            OptionalInt.of(0)));
  }

  @Test
  void aClientWithCertificateAndTokenIsServed() throws Exception {
    CommandLine.Ending ending = generate(server, secured("--token", TOKEN));
    assertThat(ending.status()).as(ending.err()).isZero();
    assertThat(ending.out()).isNotBlank();
  }

  @Test
  void whatIsMissingIsSaidInOneLine() throws Exception {
    refused(generate(server, secured()), "Bearer");
    refused(generate(server, secured("--token", "not-a-known-token")), "not known");
    assertThat(metrics())
        .contains("paceline_requests_refused_total{reason=\"unauthenticated\"} 2.0");
    refused(generate(server, secured("--token", "two\nlines")), "--token");
    // Who hangs up first differs from one time to the next.
    for (int i = 0; i < 5; i++) {
      refused(generate(server, List.of()), "--tls");
    }
    refused(generate(server, List.of("--tls", "--token", TOKEN)), "--tls-ca");
    refused(generate(server, List.of("--tls-ca", file("none.pem"))), "none.pem");
    // A server that asks for a certificate says so only after the handshake is over.
    refused(generate(server, List.of("--tls-ca", file("ca.pem"), "--token", TOKEN)), "127.0.0.1");
    refused(generate(plain, List.of("--tls-ca", file("ca.pem"))), "TLS");
  }

  private static String metrics() throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.adminPort().orElseThrow() + "/metrics");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }

  private static List<String> secured(String... more) {
    List<String> options =
        new ArrayList<>(
            List.of("--tls-ca", file("ca.pem"), "--tls-cert", file("client.pem"), "--tls-key"));
    options.add(file("client.key"));
    options.addAll(List.of(more));
    return options;
  }

  private static String file(String name) {
    return folder.resolve(name).toString();
  }

  private static CommandLine.Ending generate(TargetServer at, List<String> options)
      throws Exception {
    List<String> line =
        new ArrayList<>(
            List.of("generate", "--server", "127.0.0.1:" + at.port(), "--model", "paceline-nano"));
    line.addAll(List.of("--prompt", "Once", "--max-tokens", "4", "--decode", "server-only"));
    line.addAll(options);
    return CommandLine.run("", line);
  }

  private static void refused(CommandLine.Ending ending, String named) {
    assertThat(ending.status()).isEqualTo(1);
    assertThat(ending.err()).contains(named).doesNotContain("Exception", "\tat ", TOKEN);
    assertThat(ending.err().strip().lines()).as(ending.err()).hasSize(1);
  }
}
