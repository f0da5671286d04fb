package dev.paceline.draft.openai;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request in that has the key, or is for a page that needs none; without a key, one that
 * this machine means: a web page can let its own host name lead to the loopback address, but not
 * write another name into the request.
 */
final class Gate implements DecoratingHttpServiceFunction {
  private static final String BEARER = "bearer ";

  private final byte @Nullable [] key;

  /**
   * @param key null if none is asked for
   */
  Gate(@Nullable String key) {
    this.key = key == null ? null : digest(key);
  }

  @Override
  public HttpResponse serve(HttpService next, ServiceRequestContext context, HttpRequest request)
      throws Exception {
    if (key != null) {
      if (context.path().startsWith("/v1")) {
        requireKey(key, request.headers().get(HttpHeaderNames.AUTHORIZATION, ""));
      }
    } else if (context.localAddress().getAddress().isLoopbackAddress()) {
      requireLocal(request.authority());
    }
    return next.serve(context, request);
  }

  private static void requireKey(byte[] key, String header) {
    boolean bearer = header.regionMatches(true, 0, BEARER, 0, BEARER.length());
    String given = bearer ? header.substring(BEARER.length()).strip() : "";
    // Digests, so that the time tells neither the key nor its length.
    if (!MessageDigest.isEqual(key, digest(given)) || given.isEmpty()) {
      throw new ApiException(
          HttpStatus.UNAUTHORIZED,
          "invalid_request_error",
          null,
          "invalid_api_key",
          bearer
              ? "the API key is not the right one"
              : "no API key is given; send 'Authorization: Bearer KEY'");
    }
  }

  private static void requireLocal(@Nullable String authority) {
    String host = authority == null ? "" : authority.replaceFirst(":[0-9]*$", "");
    if (!host.equalsIgnoreCase("localhost")
        && !host.equals("[::1]")
        && !host.matches("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}")) {
      throw new ApiException(
          HttpStatus.FORBIDDEN,
          "invalid_request_error",
          null,
          null,
          "the request names a host that is not this machine; localhost is, or use --api-key");
    }
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
