package dev.paceline.target.rpc;

import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.ServerFrame;
import dev.paceline.v1.SpeculationGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;

/**
 * Reads bytes that are no frame as an empty one, which the session refuses with a sentence. gRPC
 * itself would answer {@code UNKNOWN} and log a stack trace for every such message.
 */
final class FrameMarshaller implements MethodDescriptor.Marshaller<ClientFrame> {
  private final MethodDescriptor.Marshaller<ClientFrame> protobuf =
      SpeculationGrpc.getDecodeMethod().getRequestMarshaller();

  /** The service, its frames read by this marshaller. */
  static ServerServiceDefinition bind(SpeculationService service) {
    ServerServiceDefinition bound = service.bindService();
    MethodDescriptor<ClientFrame, ServerFrame> generated = SpeculationGrpc.getDecodeMethod();
    MethodDescriptor<ClientFrame, ServerFrame> decode =
        generated.toBuilder(new FrameMarshaller(), generated.getResponseMarshaller()).build();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(bound.getServiceDescriptor().getName())
            .setSchemaDescriptor(bound.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(decode)
            .addMethod(SpeculationGrpc.getDescribeMethod());
    return ServerServiceDefinition.builder(descriptor.build())
        .addMethod(decode, handler(bound, generated))
        .addMethod(
            SpeculationGrpc.getDescribeMethod(),
            handler(bound, SpeculationGrpc.getDescribeMethod()))
        .build();
  }

  @SuppressWarnings("unchecked") // the generated service binds the generated method
  private static <Q, R> ServerCallHandler<Q, R> handler(
      ServerServiceDefinition bound, MethodDescriptor<Q, R> method) {
    return ((ServerMethodDefinition<Q, R>) bound.getMethod(method.getFullMethodName()))
        .getServerCallHandler();
  }

  @Override
  public InputStream stream(ClientFrame frame) {
    return protobuf.stream(frame);
  }

  @Override
  public ClientFrame parse(InputStream bytes) {
    try {
      return protobuf.parse(bytes);
    } catch (StatusRuntimeException e) {
      return ClientFrame.getDefaultInstance();
    }
  }
}
