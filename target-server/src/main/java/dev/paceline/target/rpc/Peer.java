package dev.paceline.target.rpc;

import dev.paceline.target.security.BearerTokenInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Names the caller for limits and for operators: the holder of its token, or else its address
 * without the port.
 */
public final class Peer implements ServerInterceptor {
  private static final String UNKNOWN = "unknown";
  private static final Context.Key<String> ADDRESS =
      Context.keyWithDefault("paceline-peer", UNKNOWN);

  /** The caller of the present call. */
  static String current() {
    @Nullable String holder = BearerTokenInterceptor.HOLDER.get();
    return holder != null ? holder : ADDRESS.get();
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    @Nullable SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    String name = remote instanceof InetSocketAddress address ? address.getHostString() : UNKNOWN;
    return Contexts.interceptCall(Context.current().withValue(ADDRESS, name), call, headers, next);
  }
}
