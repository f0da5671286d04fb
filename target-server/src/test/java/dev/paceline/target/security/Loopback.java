package dev.paceline.target.security;

import dev.paceline.v1.DescribeRequest;
import dev.paceline.v1.DescribeResponse;
import dev.paceline.v1.SpeculationGrpc;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A server on a loopback port whose Describe answers with the token's holder as the model. */
final class Loopback implements AutoCloseable {
  private final Server server;

  Loopback(UnaryOperator<NettyServerBuilder> configuration) throws Exception {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    server =
        configuration
            .apply(builder)
            .addService(new Describer())
            .addService(new HealthStatusManager().getHealthService())
            .build()
            .start();
  }

  private static final class Describer extends SpeculationGrpc.SpeculationImplBase {
    @Override
    public void describe(DescribeRequest request, StreamObserver<DescribeResponse> responses) {
      @Nullable String holder = BearerTokenInterceptor.HOLDER.get();
      responses.onNext(
          DescribeResponse.newBuilder().setModelId(holder == null ? "" : holder).build());
      responses.onCompleted();
    }
  }

  ManagedChannel plaintext() {
    return NettyChannelBuilder.forAddress("localhost", server.getPort()).usePlaintext().build();
  }

  /** The JDK's provider on the client's side, so that both are met whichever serves. */
  ManagedChannel tls(PemIdentity trusted, @Nullable PemIdentity own) throws Exception {
    SslContextBuilder builder =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .trustManager(trusted.chain());
    if (own != null) {
      builder = builder.keyManager(own.key(), own.chain());
    }
    return NettyChannelBuilder.forAddress("localhost", server.getPort())
        .sslContext(builder.build())
        .build();
  }

  /** Calls Describe; returns the status, with the answered model as description if it is OK. */
  static Status describe(ManagedChannel channel, @Nullable String authorization) {
    try {
      SpeculationGrpc.SpeculationBlockingStub stub =
          SpeculationGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
      if (authorization != null) {
        stub = stub.withCallCredentials(new Header(authorization));
      }
      DescribeResponse response = stub.describe(DescribeRequest.getDefaultInstance());
      return Status.OK.withDescription(response.getModelId());
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  static Status describeOnce(ManagedChannel channel, @Nullable String authorization) {
    try {
      return describe(channel, authorization);
    } finally {
      channel.shutdownNow();
    }
  }

  private static final class Header extends CallCredentials {
    private final String value;

    Header(String value) {
      this.value = value;
    }

    @Override
    public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
      Metadata headers = new Metadata();
      headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), value);
      applier.apply(headers);
    }
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow();
    if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the server did not stop");
    }
  }
}
