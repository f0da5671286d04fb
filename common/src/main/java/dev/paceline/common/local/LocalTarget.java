package dev.paceline.common.local;

import java.util.Map;

/**
 * Starts a target server in this process. The server module registers its implementation as a
 * {@link java.util.ServiceLoader} service; the demo and the benchmarks find it there.
 */
public interface LocalTarget {
  /**
   * Starts a server on a free loopback port and returns once it serves.
   *
   * @param model id or folder of the target model
   * @param options long option names of {@code paceline serve} without dashes, and their values
   * @throws dev.paceline.common.UserError if the model or an option is wrong
   */
  Running start(String model, Map<String, String> options);

  /** A running server. */
  interface Running extends AutoCloseable {
    int port();

    @Override
    void close();
  }
}
