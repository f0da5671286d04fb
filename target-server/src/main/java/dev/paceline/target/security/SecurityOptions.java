package dev.paceline.target.security;

import dev.paceline.common.UserError;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What protects a server's port.
 *
 * @param certificate chain of the server, PEM; with the key, turns TLS on
 * @param key of the certificate, PEM, PKCS #8
 * @param clientAuthority authorities of the clients to admit, PEM: mutual TLS
 * @param selfSigned TLS with a certificate made at start, for development
 * @param tokenFile a token per line, one of which every call must carry
 */
public record SecurityOptions(
    @Nullable Path certificate,
    @Nullable Path key,
    @Nullable Path clientAuthority,
    boolean selfSigned,
    @Nullable Path tokenFile) {
  /** Plain text for everybody. */
  public static final SecurityOptions NONE = new SecurityOptions(null, null, null, false, null);

  public SecurityOptions {
    if ((certificate == null) != (key == null)) {
      throw new UserError("--tls-cert and --tls-key belong together; one of them is missing");
    }
    if (certificate != null && selfSigned) {
      throw new UserError("--tls-self-signed and --tls-cert exclude each other");
    }
    if (clientAuthority != null && certificate == null && !selfSigned) {
      throw new UserError("--tls-client-ca needs --tls-cert and --tls-key, or --tls-self-signed");
    }
  }

  /** In a word or two, for the start line. */
  public String describe() {
    String tls = certificate == null && !selfSigned ? "plain text" : "TLS";
    String mutual = clientAuthority == null ? "" : " with client certificates";
    return tls + mutual + (tokenFile == null ? "" : " and tokens");
  }
}
