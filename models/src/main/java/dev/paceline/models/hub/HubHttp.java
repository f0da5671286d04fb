package dev.paceline.models.hub;

import dev.paceline.common.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;

/**
 * Requests to the hub. Follows redirects itself, because the token must go to the hub alone and
 * because the first answer has headers that the last has not; tells passing failures ({@link
 * TransientException}) from final ones.
 */
final class HubHttp {
  private static final int MAX_REDIRECTS = 8;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final HubSettings settings;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(TIMEOUT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /** The last answer, and the file's digest and size if an answer on the way named them. */
  record Answer(
      HttpResponse<InputStream> response,
      Optional<String> linkedEtag,
      Optional<String> linkedSize) {
    Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }
  }

  HubHttp(HubSettings settings) {
    this.settings = settings;
  }

  /**
   * Asks for headers only; does not leave the hub, so that a redirect to a store may be the answer.
   */
  Answer head(HubId id, URI address) throws IOException {
    return follow(id, "HEAD", address, 0, true);
  }

  /**
   * Asks for content.
   *
   * @param from first byte wanted
   */
  HttpResponse<InputStream> get(HubId id, URI address, long from) throws IOException {
    return follow(id, "GET", address, from, false).response();
  }

  private Answer follow(HubId id, String method, URI start, long from, boolean stay)
      throws IOException {
    URI address = start;
    Optional<String> etag = Optional.empty();
    Optional<String> size = Optional.empty();
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      HttpResponse<InputStream> response = send(method, address, from);
      etag = etag.or(() -> response.headers().firstValue("X-Linked-ETag"));
      size = size.or(() -> response.headers().firstValue("X-Linked-Size"));
      if (response.statusCode() / 100 != 3 || response.statusCode() == 304) {
        check(id, response);
        return new Answer(response, etag, size);
      }
      URI next = location(address, response);
      if (stay && !sameOrigin(next, settings.endpoint())) {
        response.body().close();
        return new Answer(response, etag, size);
      }
      response.body().close();
      if ("https".equals(address.getScheme()) && !"https".equals(next.getScheme())) {
        throw new UserError(
            "the hub redirects from " + origin(address) + " to the unencrypted " + origin(next));
      }
      address = next;
    }
    throw new UserError(
        "the hub redirects " + origin(start) + " more than " + MAX_REDIRECTS + " times");
  }

  private HttpResponse<InputStream> send(String method, URI address, long from) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .method(method, BodyPublishers.noBody())
            .timeout(TIMEOUT)
            .header("Accept-Encoding", "identity")
            .header("User-Agent", "paceline/0.1");
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    if (!settings.token().isEmpty() && sameOrigin(address, settings.endpoint())) {
      request.header("Authorization", "Bearer " + settings.token());
    }
    try {
      return client.send(request.build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError("the download was interrupted", e);
    } catch (IOException e) {
      throw new TransientException(
          "cannot reach " + origin(address) + ": " + reason(e), Duration.ZERO, e);
    }
  }

  /** Java's connection failures often come without a message. */
  private static String reason(IOException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException) {
        return "its address is unknown";
      }
    }
    if (e.getMessage() != null) {
      return e.getMessage();
    }
    return e instanceof ConnectException ? "connection refused" : e.getClass().getSimpleName();
  }

  private void check(HubId id, HttpResponse<InputStream> response) throws IOException {
    int status = response.statusCode();
    if (status == 200 || status == 206 || status == 416) {
      return;
    }
    response.body().close();
    String code = response.headers().firstValue("X-Error-Code").orElse("");
    String hub = origin(settings.endpoint());
    switch (status) {
      case 401 ->
          throw new UserError(
              hub
                  + " refuses '"
                  + id
                  + "' (401): "
                  + (settings.token().isEmpty()
                      ? "there is no such public model; set HF_TOKEN for a private or gated one"
                      : "HF_TOKEN is not valid, or there is no such model"));
      case 403 ->
          throw new UserError(
              hub
                  + " refuses '"
                  + id
                  + "' (403): your account has no access to it; ask for it on the model's page");
      case 404 ->
          throw new UserError(
              hub
                  + " has no "
                  + (code.equals("EntryNotFound") ? "such file of '" : "model '")
                  + id
                  + "' (404)");
      case 408, 429, 500, 502, 503, 504 ->
          throw new TransientException(
              origin(response.uri()) + " answers with status " + status,
              retryAfter(response),
              null);
      default ->
          throw new UserError(
              origin(response.uri())
                  + " answers the request for '"
                  + id
                  + "' with status "
                  + status);
    }
  }

  private static URI location(URI address, HttpResponse<?> response) {
    String location = response.headers().firstValue("Location").orElse("");
    try {
      URI next = address.resolve(location);
      if (!location.isEmpty() && next.getHost() != null) {
        return next;
      }
    } catch (IllegalArgumentException e) {
      throw new UserError("the hub redirects to '" + location + "', which is not an address", e);
    }
    throw new UserError("the hub redirects to '" + location + "', which is not an address");
  }

  private static Duration retryAfter(HttpResponse<?> response) {
    try {
      long seconds = Long.parseLong(response.headers().firstValue("Retry-After").orElse("0"));
      return Duration.ofSeconds(Math.max(0, Math.min(seconds, LONGEST_WAIT.toSeconds())));
    } catch (NumberFormatException e) {
      return Duration.ZERO;
    }
  }

  private static boolean sameOrigin(URI a, URI b) {
    return a.getScheme().equalsIgnoreCase(b.getScheme())
        && a.getHost().equalsIgnoreCase(b.getHost())
        && port(a) == port(b);
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0
        ? uri.getPort()
        : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
  }

  /** An address as messages show it: without its path, which may carry a signature. */
  private static String origin(URI uri) {
    return uri.getScheme() + "://" + uri.getAuthority();
  }
}
