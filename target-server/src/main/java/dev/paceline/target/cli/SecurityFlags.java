package dev.paceline.target.cli;

import dev.paceline.target.security.SecurityOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code paceline serve} that protect its port. */
final class SecurityFlags {
  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "PEM chain of the server; followed when it changes")
  @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "its key, PEM, PKCS #8")
  @Nullable Path key;

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description = "admit only clients with a certificate of these authorities")
  @Nullable Path clientAuthority;

  @Option(
      names = "--tls-self-signed",
      description = "TLS with a certificate for localhost made at start, for development")
  boolean selfSigned;

  @Option(
      names = "--tls-self-signed-out",
      paramLabel = "FILE",
      description = "write that certificate here, for the clients' --tls-ca")
  @Nullable Path selfSignedOut;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "bearer tokens, one per line; followed when it changes")
  @Nullable Path tokenFile;

  SecurityOptions toSecurityOptions() {
    return new SecurityOptions(certificate, key, clientAuthority, selfSigned, tokenFile);
  }
}
