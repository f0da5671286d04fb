package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.v1.DescribeRequest;
import dev.paceline.v1.SpeculationGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * Frames are too small to compress, and compressing them would take time: neither side does, though
 * either could read it.
 */
class CompressionTest {
  private static final String NONE = "identity";
  private static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

  private final List<String> seen = new CopyOnWriteArrayList<>();

  @Test
  void theClientSendsFramesAsTheyAre() throws Exception {
    Server server =
        NettyServerBuilder.forPort(0)
            .addService(new SpeculationGrpc.SpeculationImplBase() {})
            .intercept(new Requests())
            .build()
            .start();
    try (BuiltInPair pair = new BuiltInPair(1);
        DraftClient client = pair.client(server.getPort())) {
      // This server serves nothing; the request has come to it all the same.
      pair.generate(
          client, pair.open(new int[] {7}, DecodeMode.STREAM, SamplingParams.GREEDY, 4), 4);
      assertThat(seen).isNotEmpty().containsOnly(NONE);
      compressed(server.getPort());
      assertThat(seen).as("one who does compress is noticed").contains("gzip");
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void theServerAnswersAsItIs() {
    try (BuiltInPair pair = new BuiltInPair(1)) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", pair.port())
              .usePlaintext()
              .intercept(new Answers())
              .build();
      try {
        SpeculationGrpc.newBlockingStub(channel)
            .withCompression("gzip")
            .describe(DescribeRequest.getDefaultInstance());
      } finally {
        channel.shutdownNow();
      }
    }
    assertThat(seen).isNotEmpty().containsOnly(NONE);
  }

  private static void compressed(int port) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      assertThatThrownBy(
              () ->
                  SpeculationGrpc.newBlockingStub(channel)
                      .withCompression("gzip")
                      .describe(DescribeRequest.getDefaultInstance()))
          .hasMessageContaining("UNIMPLEMENTED");
    } finally {
      channel.shutdownNow();
    }
  }

  private void note(Metadata headers) {
    String encoding = headers.get(ENCODING);
    seen.add(encoding == null ? NONE : encoding);
  }

  private final class Requests implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      note(headers);
      return next.startCall(call, headers);
    }
  }

  private final class Answers implements ClientInterceptor {
    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<R> listener, Metadata headers) {
          super.start(
              new ForwardingClientCallListener.SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onHeaders(Metadata answered) {
                  note(answered);
                  super.onHeaders(answered);
                }
              },
              headers);
        }
      };
    }
  }
}
