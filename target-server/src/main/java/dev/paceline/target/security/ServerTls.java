package dev.paceline.target.security;

import dev.paceline.common.UserError;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a gRPC server: one-sided, or mutual if a client authority is given. A reload concerns new
 * connections; those that stand keep what they were made with.
 */
public final class ServerTls implements Reloadable {
  private final AdvancedTlsX509KeyManager keyManager = new AdvancedTlsX509KeyManager();
  private final @Nullable AdvancedTlsX509TrustManager trustManager;
  private final @Nullable WatchedFile certificateFile;
  private final @Nullable WatchedFile keyFile;
  private final @Nullable WatchedFile clientAuthorityFile;

  private ServerTls(
      @Nullable WatchedFile certificateFile,
      @Nullable WatchedFile keyFile,
      @Nullable WatchedFile clientAuthorityFile) {
    this.certificateFile = certificateFile;
    this.keyFile = keyFile;
    this.clientAuthorityFile = clientAuthorityFile;
    this.trustManager = clientAuthorityFile == null ? null : trustManager();
  }

  /**
   * Takes PEM files.
   *
   * @param certificate chain, the server's own first
   * @param key PKCS #8, unencrypted
   * @param clientAuthority certificates of the authorities (or of the very clients) to admit; null:
   *     clients need no certificate
   * @throws UserError if a file cannot be used
   */
  public static ServerTls fromFiles(Path certificate, Path key, @Nullable Path clientAuthority) {
    ServerTls tls =
        new ServerTls(
            new WatchedFile(certificate),
            new WatchedFile(key),
            clientAuthority == null ? null : new WatchedFile(clientAuthority));
    boolean unused = tls.reload();
    return tls;
  }

  /**
   * Takes an identity made for development.
   *
   * @param clientAuthority as for files
   */
  public static ServerTls fromIdentity(PemIdentity identity, @Nullable Path clientAuthority) {
    ServerTls tls =
        new ServerTls(
            null, null, clientAuthority == null ? null : new WatchedFile(clientAuthority));
    tls.present(identity);
    boolean unused = tls.reload();
    return tls;
  }

  /** Makes the server speak TLS only. */
  public NettyServerBuilder configure(NettyServerBuilder builder) {
    return builder.sslContext(context(provider()));
  }

  /** {@code OPENSSL} (BoringSSL) where its natives were found, {@code JDK} elsewhere. */
  public static SslProvider provider() {
    return OpenSsl.isAvailable() && SslProvider.isAlpnSupported(SslProvider.OPENSSL)
        ? SslProvider.OPENSSL
        : SslProvider.JDK;
  }

  SslContext context(SslProvider provider) {
    try {
      SslContextBuilder builder = SslContextBuilder.forServer(keyManager);
      if (trustManager != null) {
        builder = builder.trustManager(trustManager).clientAuth(ClientAuth.REQUIRE);
      }
      return GrpcSslContexts.configure(builder, provider).protocols("TLSv1.3", "TLSv1.2").build();
    } catch (SSLException e) {
      throw new UserError("TLS cannot be set up with the " + provider + " provider", e);
    }
  }

  @Override
  public synchronized boolean reload() {
    boolean changed = false;
    if (certificateFile != null && keyFile != null) {
      byte[] certificate = certificateFile.read();
      byte[] key = keyFile.read();
      if (certificateFile.differs(certificate) || keyFile.differs(key)) {
        present(PemIdentity.parse(certificate, key, certificateFile + " and " + keyFile));
        certificateFile.accept(certificate);
        keyFile.accept(key);
        changed = true;
      }
    }
    if (clientAuthorityFile != null && trustManager != null) {
      byte[] authorities = clientAuthorityFile.read();
      if (clientAuthorityFile.differs(authorities)) {
        trust(trustManager, authorities, clientAuthorityFile.toString());
        clientAuthorityFile.accept(authorities);
        changed = true;
      }
    }
    return changed;
  }

  @Override
  public String describe() {
    return "TLS identity"
        + (certificateFile == null ? "" : " from " + certificateFile)
        + (clientAuthorityFile == null ? "" : ", client authorities from " + clientAuthorityFile);
  }

  private void present(PemIdentity identity) {
    keyManager.updateIdentityCredentials(
        identity.chain().toArray(X509Certificate[]::new), identity.key());
  }

  private static void trust(AdvancedTlsX509TrustManager manager, byte[] pem, String source) {
    try {
      manager.updateTrustCredentials(
          PemIdentity.certificates(pem, source).toArray(X509Certificate[]::new));
    } catch (IOException | GeneralSecurityException e) {
      throw new UserError("client authorities in " + source + " cannot be used", e);
    }
  }

  private static AdvancedTlsX509TrustManager trustManager() {
    try {
      // A client has no host name to verify.
      return AdvancedTlsX509TrustManager.newBuilder()
          .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
          .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("gRPC's trust manager cannot be made", e);
    }
  }
}
