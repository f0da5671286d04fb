package dev.paceline.target.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevelopmentCertificateTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @ParameterizedTest
  @ValueSource(strings = {"2026-01-01T00:00:00Z", "2049-06-01T00:00:00Z", "2060-01-01T00:00:00Z"})
  void theJdkReadsWhatWasWritten(String moment) throws Exception {
    Instant now = Instant.parse(moment);
    // Long enough for a two-byte length.
    String longName = "a".repeat(60) + "." + "b".repeat(60) + ".example";
    PemIdentity identity =
        DevelopmentCertificate.create(
            List.of("localhost", "127.0.0.1", "::1", longName), now, RANDOM);
    X509Certificate certificate = identity.chain().get(0);
    certificate.verify(certificate.getPublicKey());
    certificate.checkValidity(Date.from(now.minusSeconds(3600)));
    certificate.checkValidity(Date.from(now.plus(Duration.ofDays(365))));
    assertThat(certificate.getVersion()).isEqualTo(3);
    assertThat(certificate.getSerialNumber().signum()).isPositive();
    assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=localhost");
    assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    assertThat(names.toString())
        .isEqualTo("[[2, localhost], [7, 127.0.0.1], [7, 0:0:0:0:0:0:0:1], [2, " + longName + "]]");
  }

  @Test
  void filesRoundTripAndTheKeyIsTheOwners(@TempDir Path folder) throws Exception {
    PemIdentity identity =
        DevelopmentCertificate.create(DevelopmentCertificate.LOCAL_HOSTS, Instant.EPOCH, RANDOM);
    Path certificate = folder.resolve("c.pem");
    Path key = folder.resolve("k.pem");
    identity.write(certificate, key);
    PemIdentity read =
        PemIdentity.parse(Files.readAllBytes(certificate), Files.readAllBytes(key), "test");
    assertThat(read.chain()).isEqualTo(identity.chain());
    assertThat(read.key()).isEqualTo(identity.key());
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
          .isEqualTo("rw-------");
    }
    assertThat(identity.toString()).isEqualTo("identity of CN=localhost");
  }
}
