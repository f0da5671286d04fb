package dev.paceline.target.admin;

import com.sun.net.httpserver.HttpExchange;
import dev.paceline.common.UserError;
import dev.paceline.target.logging.SessionLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /sessions/ID/weight} with {@code value=NUMBER} as query or body.
 *
 * <p>The one request here that changes something, so not everybody who reaches the port may send
 * it: only programs on this machine, and no page in a browser on it, not even one whose name was
 * made to resolve to this machine. Browsers put {@code Origin} on every POST.
 */
final class WeightRequest {
  private static final Logger log = LoggerFactory.getLogger(WeightRequest.class);
  private static final String BEFORE = "/sessions/";
  private static final String AFTER = "/weight";
  private static final String PARAMETER = "value=";
  private static final int LONGEST_BODY = 256;
  private static final int LONGEST_QUOTE = 64;
  private static final int ANSWER_SECONDS = 5;

  private final Weights weights;

  WeightRequest(Weights weights) {
    this.weights = weights;
  }

  /**
   * The session that a path names.
   *
   * @param path decoded
   * @return null if it is another request's path
   */
  static @Nullable String session(String path) {
    boolean ours =
        path.length() > BEFORE.length() + AFTER.length()
            && path.startsWith(BEFORE)
            && path.endsWith(AFTER);
    return ours ? path.substring(BEFORE.length(), path.length() - AFTER.length()) : null;
  }

  /**
   * Why a caller may not change anything.
   *
   * @param from where the connection comes from
   * @param origin the header that browsers send; null without
   * @return a sentence; null if it may
   */
  static @Nullable String refusal(InetAddress from, @Nullable String origin) {
    if (!from.isLoopbackAddress()) {
      return "weights are set from the server's own machine only, not from "
          + from.getHostAddress();
    }
    return origin == null ? null : "weights are not set from pages in a browser";
  }

  /**
   * Does what a POST asks.
   *
   * @param sessionId from {@link #session}
   * @throws IOException if the body cannot be read
   */
  Answer answer(String sessionId, HttpExchange exchange) throws IOException {
    String refusal =
        refusal(
            exchange.getRemoteAddress().getAddress(),
            exchange.getRequestHeaders().getFirst("Origin"));
    if (refusal != null) {
      return Answer.error(403, refusal);
    }
    String parameters = exchange.getRequestURI().getRawQuery();
    if (parameters == null) {
      byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY + 1);
      if (body.length > LONGEST_BODY) {
        return Answer.error(400, "the body is longer than 'value=NUMBER' can be");
      }
      parameters = new String(body, StandardCharsets.UTF_8).strip();
    }
    if (!parameters.startsWith(PARAMETER)) {
      return Answer.error(
          400, "the weight is missing, send 'value=NUMBER' instead of " + quote(parameters));
    }
    String value = parameters.substring(PARAMETER.length());
    double weight;
    try {
      weight = Double.parseDouble(URLDecoder.decode(value, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Answer.error(400, "the weight " + quote(value) + " is not a number");
    }
    return set(sessionId, weight);
  }

  private Answer set(String sessionId, double weight) {
    try {
      int found = weights.set(sessionId, weight).get(ANSWER_SECONDS, TimeUnit.SECONDS);
      if (found == 0) {
        return Answer.error(404, "no session " + quote(sessionId) + " is here");
      }
      try (SessionLog scope = SessionLog.of(sessionId)) {
        log.atInfo().addKeyValue("weight", weight).log("weight set");
      }
      return Answer.ofValue(200, Map.of("weight", weight, "sessions", found));
    } catch (UserError e) {
      return Answer.error(400, String.valueOf(e.getMessage()));
    } catch (TimeoutException | ExecutionException e) {
      log.warn("a weight could not be set", e);
      return Answer.error(503, "the engine does not answer; it may be in a long step");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.error(503, "the server is closing");
    }
  }

  private static String quote(String text) {
    return "'"
        + (text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…")
        + "'";
  }
}
