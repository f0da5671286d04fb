package dev.paceline.target;

import dev.paceline.common.UserError;
import dev.paceline.common.wire.Protocol;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import dev.paceline.target.engine.VerificationEngine;
import dev.paceline.target.rpc.SpeculationService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A running target server: the engine with its model, and gRPC in front of it. */
public final class TargetServer implements AutoCloseable {
  /** Below this number of parameters a second thread costs more than it brings. */
  private static final long ONE_THREAD_PARAMETERS = 20_000_000;

  private final VerificationEngine engine;
  private final ExecutorService pool;
  private final HealthStatusManager health;
  private final Server server;

  private TargetServer(
      VerificationEngine engine, ExecutorService pool, HealthStatusManager health, Server server) {
    this.engine = engine;
    this.pool = pool;
    this.health = health;
    this.server = server;
  }

  /**
   * Loads the model and starts to serve.
   *
   * @throws UserError if the model cannot be served or the port is taken
   */
  public static TargetServer start(ServerOptions options) {
    ModelSource source = resolve(options.model());
    byte[] fingerprint = fingerprint(source);
    VerificationEngine engine =
        new VerificationEngine(() -> load(source, options), options.engine(), System::nanoTime);
    ExecutorService pool =
        Executors.newFixedThreadPool(
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            task -> {
              Thread thread = new Thread(task, "session-output");
              thread.setDaemon(true);
              return thread;
            });
    HealthStatusManager health = new HealthStatusManager();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(options.host(), options.port()))
            .addService(new SpeculationService(engine, fingerprint, pool))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            // Handlers only check a frame and post it to the engine: not worth a change of thread.
            .directExecutor()
            .maxInboundMessageSize(Protocol.MAX_FRAME_BYTES)
            .keepAliveTime(20, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .build();
    try {
      server.start();
    } catch (IOException e) {
      engine.close();
      pool.shutdown();
      throw new UserError(
          "cannot listen on " + options.host() + ":" + options.port() + ": " + reason(e), e);
    }
    health.setStatus("", ServingStatus.SERVING);
    return new TargetServer(engine, pool, health, server);
  }

  private static String reason(IOException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage());
    return message.contains("in use") ? "the port is in use by another program" : message;
  }

  private static ModelSource resolve(String model) {
    ModelRegistry registry = ModelRegistry.standard();
    return ModelRegistry.isPair(model) ? registry.pair(model).target() : registry.resolve(model);
  }

  private static byte[] fingerprint(ModelSource source) {
    if (!Tokenizer.present(source.directory())) {
      return new byte[0];
    }
    try (Tokenizer tokenizer = Tokenizer.open(source.directory())) {
      return HexFormat.of().parseHex(tokenizer.fingerprint());
    }
  }

  private static LanguageModel load(ModelSource source, ServerOptions options) {
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      int threads = options.threads();
      if (threads == 0 && checkpoint.config().parameters() < ONE_THREAD_PARAMETERS) {
        threads = 1;
      }
      return LanguageModels.load(
          source.id(),
          checkpoint,
          new LoadOptions(
              options.precision(),
              options.device(),
              options.slots(),
              options.contextLength(),
              threads));
    }
  }

  public int port() {
    return server.getPort();
  }

  public ModelInfo model() {
    return engine.model();
  }

  /** Waits until the server has been closed. */
  public void awaitTermination() throws InterruptedException {
    server.awaitTermination();
  }

  @Override
  public void close() {
    health.enterTerminalState();
    server.shutdown();
    engine.close();
    try {
      if (!server.awaitTermination(2, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    pool.shutdown();
  }
}
