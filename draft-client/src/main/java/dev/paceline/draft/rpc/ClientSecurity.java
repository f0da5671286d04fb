package dev.paceline.draft.rpc;

import dev.paceline.common.UserError;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * How a client speaks to its server.
 *
 * @param tls whether the connection is encrypted
 * @param authority certificates to trust, PEM; null for the ones that Java trusts
 * @param certificate the client's own chain, PEM, for servers that ask for one
 * @param key of that certificate, PEM, PKCS #8
 * @param token bearer token; null for none
 */
public record ClientSecurity(
    boolean tls,
    @Nullable Path authority,
    @Nullable Path certificate,
    @Nullable Path key,
    @Nullable String token) {
  /** Plain text without a token. */
  public static final ClientSecurity NONE = new ClientSecurity(false, null, null, null, null);

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  public ClientSecurity {
    if ((certificate == null) != (key == null)) {
      throw new UserError("--tls-cert and --tls-key belong together; one of them is missing");
    }
    if (token != null && !token.matches("[\\x21-\\x7e]+")) {
      // HTTP/2 would carry it in another form, if at all. The token is a secret: not shown.
      throw new UserError("--token is empty or has a character that is not printable ASCII");
    }
  }

  /**
   * Sets a channel up.
   *
   * @throws UserError if a file cannot be used
   */
  NettyChannelBuilder configure(NettyChannelBuilder builder) {
    if (token != null) {
      Metadata headers = new Metadata();
      headers.put(AUTHORIZATION, "Bearer " + token);
      builder.intercept(MetadataUtils.newAttachHeadersInterceptor(headers));
    }
    if (!tls) {
      return builder.usePlaintext();
    }
    try {
      SslContextBuilder context = GrpcSslContexts.forClient();
      if (authority != null) {
        context.trustManager(authority.toFile());
      }
      if (certificate != null && key != null) {
        context.keyManager(certificate.toFile(), key.toFile());
      }
      return builder.sslContext(context.build());
    } catch (SSLException | IllegalArgumentException e) {
      throw new UserError("TLS cannot be set up with the files given: " + e.getMessage(), e);
    }
  }

  /** Never shows the token. */
  @Override
  public String toString() {
    return (tls ? "TLS" : "plain text") + (token == null ? "" : " with a token");
  }
}
