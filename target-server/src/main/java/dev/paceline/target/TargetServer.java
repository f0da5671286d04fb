package dev.paceline.target;

import dev.paceline.common.UserError;
import dev.paceline.common.wire.Protocol;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.target.admission.Gatekeeper;
import dev.paceline.target.engine.EnginePool;
import dev.paceline.target.rpc.IdleStreams;
import dev.paceline.target.rpc.Peer;
import dev.paceline.target.rpc.SpeculationService;
import dev.paceline.target.security.ServerSecurity;
import dev.paceline.v1.SpeculationGrpc;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A running target server: the engine with its model, and gRPC in front of it. */
public final class TargetServer implements AutoCloseable {
  /**
   * Of one connection at once; further ones wait at the client. Far more than a server has slots.
   */
  private static final int MOST_CALLS = 1024;

  private final EnginePool engines;
  private final ExecutorService pool;
  private final ServerSecurity security;
  private final AdminPages admin;
  private final Gatekeeper gatekeeper;
  private final IdleStreams idle;
  private final HealthStatusManager health;
  private final Server server;
  private final AtomicBoolean draining = new AtomicBoolean();

  private TargetServer(
      EnginePool engines,
      ExecutorService pool,
      ServerSecurity security,
      AdminPages admin,
      Gatekeeper gatekeeper,
      IdleStreams idle,
      HealthStatusManager health,
      Server server) {
    this.security = security;
    this.admin = admin;
    this.gatekeeper = gatekeeper;
    this.idle = idle;
    this.engines = engines;
    this.pool = pool;
    this.health = health;
    this.server = server;
  }

  /**
   * Loads the model, warms it up and starts to serve; the admin port, if any, answers before.
   *
   * @throws UserError if the model cannot be served or a port is taken
   */
  public static TargetServer start(ServerOptions options) {
    return start(options, TargetModel::load);
  }

  /**
   * As {@link #start(ServerOptions)}, with a model of the caller's, for emulated devices.
   *
   * @param loader called on the engine's thread, which owns the model and closes it
   */
  public static TargetServer start(
      ServerOptions options, BiFunction<ModelSource, ServerOptions, LanguageModel> loader) {
    return start(options, loader, null);
  }

  /**
   * As {@link #start(ServerOptions, BiFunction)}, with a draft model of the caller's too.
   *
   * @param drafter called on the engine's thread with what the target is; gives a model with as
   *     many slots. Null: the draft model of the options, if any
   */
  public static TargetServer start(
      ServerOptions options,
      BiFunction<ModelSource, ServerOptions, LanguageModel> loader,
      @Nullable Function<ModelInfo, LanguageModel> drafter) {
    ModelSource source = TargetModel.resolve(options.model());
    byte[] fingerprint = TargetModel.fingerprint(source);
    ServerSecurity security = new ServerSecurity(options.security());
    AdminPages admin;
    try {
      admin =
          new AdminPages(
              options.adminPort(),
              options.engine().maxWindow(),
              EnginePool.names(options.devices()));
    } catch (RuntimeException e) {
      security.close();
      throw e;
    }
    try {
      return start(options, loader, drafter, source, fingerprint, security, admin);
    } catch (RuntimeException e) {
      security.close();
      admin.close();
      throw e;
    }
  }

  private static TargetServer start(
      ServerOptions options,
      BiFunction<ModelSource, ServerOptions, LanguageModel> loader,
      @Nullable Function<ModelInfo, LanguageModel> given,
      ModelSource source,
      byte[] fingerprint,
      ServerSecurity security,
      AdminPages admin) {
    Function<ModelInfo, LanguageModel> drafter =
        given != null ? given : drafter(options, source, fingerprint);
    EnginePool engines = EngineStart.all(options, source, loader, drafter, admin);
    ExecutorService pool =
        Executors.newFixedThreadPool(
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            task -> {
              Thread thread = new Thread(task, "session-output");
              thread.setDaemon(true);
              return thread;
            });
    Gatekeeper gatekeeper =
        new Gatekeeper(
            options.admission(),
            engines.places(),
            engines.model().contextLength(),
            admin.metrics(0),
            System::nanoTime);
    IdleStreams idle = new IdleStreams(Duration.ofSeconds(options.admission().idleSeconds()));
    HealthStatusManager health = new HealthStatusManager();
    Server server =
        security
            .configure(
                NettyServerBuilder.forAddress(
                    new InetSocketAddress(options.host(), options.port())),
                () -> admin.metrics(0).refused("unauthenticated"))
            .addService(
                new SpeculationService(engines, fingerprint, gatekeeper, idle, pool).bound())
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            // Handlers only check a frame and post it to the engine: not worth a change of thread.
            .directExecutor()
            .intercept(new Peer())
            .maxInboundMessageSize(Protocol.MAX_FRAME_BYTES)
            .maxConcurrentCallsPerConnection(MOST_CALLS)
            .keepAliveTime(options.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(options.keepAlive().toMillis() / 2, TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .build();
    try {
      server.start();
    } catch (IOException e) {
      engines.close();
      idle.close();
      pool.shutdown();
      throw new UserError(
          "cannot listen on " + options.host() + ":" + options.port() + ": " + reason(e), e);
    }
    health.setStatus("", ServingStatus.SERVING);
    health.setStatus(SpeculationGrpc.SERVICE_NAME, ServingStatus.SERVING);
    admin.serving(engines);
    // Probes have to see it, or nobody would start this server again.
    engines.whenBroken(health::enterTerminalState);
    return new TargetServer(engines, pool, security, admin, gatekeeper, idle, health, server);
  }

  private static @Nullable Function<ModelInfo, LanguageModel> drafter(
      ServerOptions options, ModelSource source, byte[] fingerprint) {
    if (options.draft().isEmpty()) {
      return null;
    }
    ServerDraft draft = options.draft().get();
    ModelSource small = DraftModel.resolve(draft, source, fingerprint);
    return target -> DraftModel.load(small, draft, target);
  }

  private static String reason(IOException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage());
    return message.contains("in use") ? "the port is in use by another program" : message;
  }

  public int port() {
    return server.getPort();
  }

  /** Where the admin port is, if there is one. */
  public OptionalInt adminPort() {
    return admin.port();
  }

  /** The certificate made at start for development, as PEM; null without one. */
  public @Nullable String developmentCertificate() {
    return security.developmentCertificate();
  }

  /** The model, as the first device runs it. */
  public ModelInfo model() {
    return engines.model();
  }

  /** The model on each device. */
  public List<ModelInfo> models() {
    return engines.models();
  }

  /** The model that drafts here; null if there is none. */
  public @Nullable ModelInfo draftModel() {
    return engines.draftModel();
  }

  /**
   * Sets the share of the device that a session gets when sessions compete.
   *
   * @param sessionId as the client chose it
   * @param weight relative to the others', 1 unless set
   * @return how many present sessions have that id
   * @throws UserError if the weight is out of range
   */
  public CompletableFuture<Integer> setWeight(String sessionId, double weight) {
    return engines.setWeight(sessionId, weight);
  }

  /** Waits until the server has been closed. */
  public void awaitTermination() throws InterruptedException {
    server.awaitTermination();
  }

  /**
   * Refuses new sessions, turns health to NOT_SERVING and lets the present sessions finish. What is
   * left then, {@link #close} hands back with a status on which clients resume elsewhere.
   *
   * @return whether all sessions finished in time
   * @throws InterruptedException if the thread was interrupted
   */
  public boolean drain(Duration longest) throws InterruptedException {
    refuse();
    return gatekeeper.awaitIdle(longest);
  }

  private void refuse() {
    if (draining.compareAndSet(false, true)) {
      gatekeeper.drain();
      admin.draining();
      health.enterTerminalState();
    }
  }

  @Override
  public void close() {
    refuse();
    server.shutdown();
    engines.close();
    try {
      if (!server.awaitTermination(2, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    idle.close();
    pool.shutdown();
    security.close();
    admin.close();
  }
}
