package dev.paceline.target.security;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Admits calls that carry {@code authorization: Bearer TOKEN} with a known token; all others end as
 * UNAUTHENTICATED before a handler sees them.
 */
public final class BearerTokenInterceptor implements ServerInterceptor {
  /** The holder of the call's token, as {@link BearerTokens#holder} names it. */
  public static final Context.Key<String> HOLDER = Context.key("paceline-token-holder");

  /** Services that probes call without a token: gRPC health. */
  public static final Set<String> OPEN_SERVICES = Set.of("grpc.health.v1.Health");

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String SCHEME = "Bearer ";

  private final BearerTokens tokens;
  private final Set<String> openServices;
  private final Runnable refused;

  /**
   * @param openServices full names of services that need no token
   */
  public BearerTokenInterceptor(BearerTokens tokens, Set<String> openServices) {
    this(tokens, openServices, () -> {});
  }

  /**
   * @param openServices full names of services that need no token
   * @param refused called for every call that is not let in
   */
  public BearerTokenInterceptor(BearerTokens tokens, Set<String> openServices, Runnable refused) {
    this.tokens = tokens;
    this.openServices = Set.copyOf(openServices);
    this.refused = refused;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    String service = call.getMethodDescriptor().getServiceName();
    if (service != null && openServices.contains(service)) {
      return next.startCall(call, headers);
    }
    @Nullable String header = headers.get(AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return refuse(call, "this server needs an 'authorization: Bearer TOKEN' header");
    }
    Optional<String> holder = tokens.holder(header.substring(SCHEME.length()).strip());
    if (holder.isEmpty()) {
      return refuse(call, "the bearer token is not known to this server");
    }
    Context context = Context.current().withValue(HOLDER, holder.get());
    return Contexts.interceptCall(context, call, headers, next);
  }

  private <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call, String sentence) {
    refused.run();
    call.close(Status.UNAUTHENTICATED.withDescription(sentence), new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
