package dev.paceline.models.hub;

import dev.paceline.common.UserError;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How to reach the hub, from the variables that all its clients honour.
 *
 * @param endpoint {@code HF_ENDPOINT}, without a slash at the end
 * @param token {@code HF_TOKEN}, sent to the endpoint and to nobody else; empty for none
 * @param offline {@code HF_HUB_OFFLINE}: nothing is downloaded
 * @param cache where files are kept
 * @param backoff wait before the first retry; doubles with each
 */
public record HubSettings(
    URI endpoint, String token, boolean offline, HubCache cache, Duration backoff) {
  private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
  private static final Set<String> TRUE = Set.of("1", "true", "yes", "on");

  /**
   * The settings of an environment.
   *
   * @throws UserError if the endpoint is not an address
   */
  public static HubSettings of(Map<String, String> environment) {
    String endpoint = environment.getOrDefault("HF_ENDPOINT", "").strip().replaceFirst("/+$", "");
    return new HubSettings(
        endpoint(endpoint.isEmpty() ? DEFAULT_ENDPOINT : endpoint),
        environment.getOrDefault("HF_TOKEN", "").strip(),
        TRUE.contains(
            environment.getOrDefault("HF_HUB_OFFLINE", "").strip().toLowerCase(Locale.ROOT)),
        HubCache.of(environment),
        Duration.ofSeconds(1));
  }

  private static URI endpoint(String text) {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null
          && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw new UserError("HF_ENDPOINT '" + text + "' is not an http or https address", e);
    }
    throw new UserError("HF_ENDPOINT '" + text + "' is not an http or https address");
  }

  /** Without the token. */
  @Override
  public String toString() {
    return endpoint
        + (token.isEmpty() ? "" : " with a token")
        + (offline ? ", offline" : "")
        + ", cache "
        + cache.root();
  }
}
