package dev.paceline.target.security;

import io.grpc.netty.NettyServerBuilder;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** A server's TLS and tokens, as its options say, followed when their files change. */
public final class ServerSecurity implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final @Nullable ServerTls tls;
  private final @Nullable BearerTokens tokens;
  private final @Nullable PemIdentity identity;
  private final ScheduledExecutorService executor;
  private final HotReload reload;

  /**
   * Reads the files.
   *
   * @throws dev.paceline.common.UserError if one of them cannot be used
   */
  public ServerSecurity(SecurityOptions options) {
    identity =
        options.selfSigned()
            ? DevelopmentCertificate.create(
                DevelopmentCertificate.LOCAL_HOSTS, Instant.now(), new SecureRandom())
            : null;
    if (identity != null) {
      tls = ServerTls.fromIdentity(identity, options.clientAuthority());
    } else if (options.certificate() != null && options.key() != null) {
      tls = ServerTls.fromFiles(options.certificate(), options.key(), options.clientAuthority());
    } else {
      tls = null;
    }
    tokens = options.tokenFile() == null ? null : BearerTokens.fromFile(options.tokenFile());
    List<Reloadable> watched = new ArrayList<>();
    if (tls != null) {
      watched.add(tls);
    }
    if (tokens != null) {
      watched.add(tokens);
    }
    executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "paceline-reload");
              thread.setDaemon(true);
              return thread;
            });
    reload = HotReload.start(watched, LOOK, executor);
  }

  /** Puts TLS and the check of tokens into a server. */
  public NettyServerBuilder configure(NettyServerBuilder builder) {
    return configure(builder, () -> {});
  }

  /**
   * Puts TLS and the check of tokens into a server.
   *
   * @param refused called for every call without a known token
   */
  public NettyServerBuilder configure(NettyServerBuilder builder, Runnable refused) {
    NettyServerBuilder configured = builder;
    if (tokens != null) {
      configured =
          configured.intercept(
              new BearerTokenInterceptor(tokens, BearerTokenInterceptor.OPEN_SERVICES, refused));
    }
    return tls == null ? configured : tls.configure(configured);
  }

  /** The certificate made for development, as PEM, for clients that are to trust it. */
  public @Nullable String developmentCertificate() {
    return identity == null ? null : identity.certificatePem();
  }

  @Override
  public void close() {
    reload.close();
    executor.shutdown();
  }
}
