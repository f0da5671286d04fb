package dev.paceline.target.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerSecurityTest {
  private static final String TOKEN = "a-token-for-this-test-only";

  @TempDir Path folder;

  @Test
  void optionsTurnOnTlsAndTokens() throws Exception {
    PemIdentity identity =
        DevelopmentCertificate.create(
            DevelopmentCertificate.LOCAL_HOSTS, Instant.now(), new SecureRandom());
    Path certificate = folder.resolve("server.pem");
    Path key = folder.resolve("server.key");
    identity.write(certificate, key);
    Path tokens = Files.writeString(folder.resolve("tokens"), TOKEN + "\n");
    SecurityOptions options = new SecurityOptions(certificate, key, null, false, tokens);
    try (ServerSecurity security = new ServerSecurity(options);
        Loopback server = new Loopback(security::configure)) {
      assertThat(security.developmentCertificate()).isNull();
      assertThat(Loopback.describeOnce(server.tls(identity, null), null).getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      Status known = Loopback.describeOnce(server.tls(identity, null), "Bearer " + TOKEN);
      assertThat(known.getCode()).isEqualTo(Status.Code.OK);
      assertThat(known.getDescription()).isEqualTo("token-1");
      assertThat(Loopback.describeOnce(server.plaintext(), "Bearer " + TOKEN).isOk()).isFalse();
    }
  }

  @Test
  void aSelfSignedServerShowsItsCertificate() {
    try (ServerSecurity security =
        new ServerSecurity(new SecurityOptions(null, null, null, true, null))) {
      assertThat(security.developmentCertificate()).startsWith("-----BEGIN CERTIFICATE-----");
    }
  }

  @Test
  void refusesOptionsThatContradictEachOther() {
    Path file = folder.resolve("x");
    assertThatThrownBy(() -> new SecurityOptions(file, null, null, false, null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--tls-key");
    assertThatThrownBy(() -> new SecurityOptions(file, file, null, true, null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("exclude each other");
    assertThatThrownBy(() -> new SecurityOptions(null, null, file, false, null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--tls-client-ca needs");
  }
}
