package dev.paceline.draft.cli;

import dev.paceline.draft.rpc.ClientSecurity;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that protect the way to a server. */
final class ClientSecurityFlags {
  @Option(names = "--tls", description = "speak TLS; implied by the other --tls options")
  boolean tls;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "trust these certificates (PEM) instead of Java's")
  @Nullable Path authority;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "own certificate chain (PEM), for servers that ask for one")
  @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "its key, PEM, PKCS #8")
  @Nullable Path key;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "bearer token; better given as PACELINE_TOKEN, which others cannot see")
  @Nullable String token;

  ClientSecurity toClientSecurity() {
    boolean files = authority != null || certificate != null || key != null;
    return new ClientSecurity(tls || files, authority, certificate, key, token);
  }
}
