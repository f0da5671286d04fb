package dev.paceline.draft.rpc;

import dev.paceline.common.UserError;
import dev.paceline.common.wire.Protocol;
import dev.paceline.draft.core.SpeculationTransport;
import dev.paceline.v1.DescribeRequest;
import dev.paceline.v1.DescribeResponse;
import dev.paceline.v1.SpeculationGrpc;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Streams to one target server over one HTTP/2 connection. */
public final class GrpcTransport implements SpeculationTransport {
  private static final int DESCRIBE_SECONDS = 10;

  /** A host that is gone says nothing at all; Netty would wait 30 s for it. */
  private static final int CONNECT_MILLIS = 5_000;

  private final ManagedChannel channel;
  private final String server;
  private final int vocabulary;

  /** Whether the present connection may be dead although nobody has said so. */
  private volatile boolean doubtful;

  /**
   * Speaks plain text.
   *
   * @param server HOST:PORT
   * @param vocabulary ids that the server may answer with are in [0, vocabulary)
   * @throws UserError if the address is malformed
   */
  public GrpcTransport(String server, int vocabulary) {
    this(server, vocabulary, ChannelOptions.of(ClientSecurity.NONE));
  }

  /**
   * @param server HOST:PORT
   * @param vocabulary ids that the server may answer with are in [0, vocabulary)
   * @throws UserError if the address is malformed or a file of the security cannot be used
   */
  public GrpcTransport(String server, int vocabulary, ChannelOptions options) {
    this.server = server;
    this.vocabulary = vocabulary;
    String host = server.substring(0, Math.max(0, server.lastIndexOf(':')));
    channel =
        options
            .security()
            .configure(
                NettyChannelBuilder.forAddress(host.isEmpty() ? "localhost" : host, port(server)))
            // Receivers only check a frame and queue it: not worth a change of thread.
            .directExecutor()
            .maxInboundMessageSize(Protocol.MAX_FRAME_BYTES)
            .keepAliveTime(options.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(options.keepAlive().toMillis() / 2, TimeUnit.MILLISECONDS)
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .build();
  }

  private static int port(String server) {
    String text = server.substring(server.lastIndexOf(':') + 1);
    if (!server.contains(":") || !text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65535) {
      throw new UserError("server '" + server + "' is not HOST:PORT");
    }
    return Integer.parseInt(text);
  }

  /**
   * Asks the server what it offers.
   *
   * @throws UserError if it cannot be reached or does not speak the protocol
   */
  public DescribeResponse describe() {
    try {
      return SpeculationGrpc.newBlockingStub(channel)
          .withDeadlineAfter(DESCRIBE_SECONDS, TimeUnit.SECONDS)
          .describe(DescribeRequest.getDefaultInstance());
    } catch (StatusRuntimeException e) {
      throw new UserError(
          "no target server answers at " + server + ": " + sentence(e.getStatus()) + hint(e), e);
    }
  }

  /**
   * Two sides of which one speaks TLS and the other does not hang up on each other, each in one of
   * several ways that depend on who is first.
   */
  private static String hint(StatusRuntimeException e) {
    String said = String.valueOf(e.getStatus().getDescription());
    Throwable cause = e.getStatus().getCause();
    boolean connected =
        !(cause instanceof ConnectException || cause instanceof NoRouteToHostException);
    return connected
            && said.matches("(?is)(io exception|network closed|http2 exception|first re).*")
        ? "; do both sides speak TLS (--tls)?"
        : "";
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  @Override
  public Stream connect(Receiver receiver) {
    if (doubtful || channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      // The channel's own waits grow to minutes; when to try again is the session's decision.
      // Streams that still run on the old connection stay there.
      channel.enterIdle();
      doubtful = false;
    }
    return new GrpcStream(
        SpeculationGrpc.newStub(channel), receiver, vocabulary, () -> doubtful = true);
  }

  @Override
  public String name() {
    return server;
  }

  /** A status in words. */
  static String sentence(Status status) {
    Throwable cause = status.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String detail = cause == null ? null : cause.getMessage();
    String description = status.getDescription();
    if (detail != null && description != null && detail.contains("refused")) {
      return "connection refused";
    }
    if (cause instanceof GeneralSecurityException || cause instanceof SSLException) {
      return "TLS: " + detail + "; does --tls-ca name the certificate that it shows?";
    }
    if (description == null) {
      return status.getCode().toString();
    }
    // Netty appends its pipeline, in lines of their own.
    String line = firstLine(description);
    return detail == null || line.contains(detail) ? line : line + ": " + firstLine(detail);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      if (!channel.awaitTermination(2, TimeUnit.SECONDS)) {
        channel.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
