package dev.paceline.target.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.paceline.common.UserError;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServerTlsTest {
  @TempDir Path folder;

  private static PemIdentity identity() {
    return DevelopmentCertificate.create(
        DevelopmentCertificate.LOCAL_HOSTS, Instant.now(), new SecureRandom());
  }

  private Path certificateFile() {
    return folder.resolve("cert.pem");
  }

  private Path keyFile() {
    return folder.resolve("key.pem");
  }

  private static Status.Code call(ManagedChannel channel) {
    return Loopback.describeOnce(channel, null).getCode();
  }

  @ParameterizedTest
  @EnumSource(
      value = SslProvider.class,
      names = {"JDK", "OPENSSL"})
  void eitherProviderServesTlsAndNothingElse(SslProvider provider) throws Exception {
    PemIdentity own = identity();
    ServerTls tls = ServerTls.fromIdentity(own, null);
    try (Loopback server = new Loopback(b -> b.sslContext(tls.context(provider)))) {
      assertThat(call(server.tls(own, null))).isEqualTo(Status.Code.OK);
      assertThat(call(server.plaintext())).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(call(server.tls(identity(), null))).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SslProvider.class,
      names = {"JDK", "OPENSSL"})
  void mutualTlsNeedsAKnownClient(SslProvider provider) throws Exception {
    PemIdentity own = identity();
    PemIdentity client = identity();
    Path authority = folder.resolve("clients.pem");
    Files.writeString(authority, client.certificatePem());
    ServerTls tls = ServerTls.fromIdentity(own, authority);
    try (Loopback server = new Loopback(b -> b.sslContext(tls.context(provider)))) {
      assertThat(call(server.tls(own, client))).isEqualTo(Status.Code.OK);
      assertThat(call(server.tls(own, null))).isEqualTo(Status.Code.UNAVAILABLE);
      PemIdentity other = identity();
      assertThat(call(server.tls(own, other))).isEqualTo(Status.Code.UNAVAILABLE);
      Files.writeString(authority, other.certificatePem());
      assertThat(tls.reload()).isTrue();
      assertThat(call(server.tls(own, other))).isEqualTo(Status.Code.OK);
      assertThat(call(server.tls(own, client))).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void aCertificateIsRotatedWhileServing() throws Exception {
    PemIdentity old = identity();
    old.write(certificateFile(), keyFile());
    ServerTls tls = ServerTls.fromFiles(certificateFile(), keyFile(), null);
    ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    try (Loopback server = new Loopback(tls::configure);
        HotReload watching = HotReload.start(List.of(tls), Duration.ofMillis(20), executor)) {
      assertThat(watching).isNotNull();
      ManagedChannel standing = server.tls(old, null);
      assertThat(Loopback.describe(standing, null).isOk()).isTrue();
      PemIdentity fresh = identity();
      fresh.write(certificateFile(), keyFile());
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> call(server.tls(fresh, null)) == Status.Code.OK);
      assertThat(call(server.tls(old, null))).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(Loopback.describeOnce(standing, null).isOk()).isTrue();
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void aRotationCaughtHalfWayKeepsTheOldPair() throws Exception {
    PemIdentity old = identity();
    old.write(certificateFile(), keyFile());
    ServerTls tls = ServerTls.fromFiles(certificateFile(), keyFile(), null);
    assertThat(tls.reload()).isFalse();
    PemIdentity fresh = identity();
    Files.writeString(certificateFile(), fresh.certificatePem());
    assertThatThrownBy(tls::reload)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("does not belong to the certificate");
    try (Loopback server = new Loopback(tls::configure)) {
      assertThat(call(server.tls(old, null))).isEqualTo(Status.Code.OK);
      fresh.write(certificateFile(), keyFile());
      assertThat(tls.reload()).isTrue();
      assertThat(call(server.tls(fresh, null))).isEqualTo(Status.Code.OK);
    }
  }

  @Test
  void brokenFilesAreNamed() throws Exception {
    assertThatThrownBy(() -> ServerTls.fromFiles(certificateFile(), keyFile(), null))
        .isInstanceOf(UserError.class)
        .hasMessage("cannot read " + certificateFile());
    identity().write(certificateFile(), keyFile());
    Files.writeString(keyFile(), "-----BEGIN RSA PRIVATE KEY-----\n");
    assertThatThrownBy(() -> ServerTls.fromFiles(certificateFile(), keyFile(), null))
        .hasMessageContaining("openssl pkcs8 -topk8");
    Files.writeString(keyFile(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    assertThatThrownBy(() -> ServerTls.fromFiles(certificateFile(), keyFile(), null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("neither an RSA nor an EC key");
    Files.writeString(certificateFile(), "no certificate");
    assertThatThrownBy(() -> ServerTls.fromFiles(certificateFile(), keyFile(), null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(certificateFile().toString());
  }
}
