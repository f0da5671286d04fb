package dev.paceline.benchmarks.emulation;

/**
 * Payload bytes of TCP connections, HTTP/2 included, without the headers of TCP and IP.
 *
 * @param up from the client
 * @param down to the client
 */
public record SocketBytes(long up, long down) {
  /** What was added since an earlier count. */
  public SocketBytes since(SocketBytes earlier) {
    return new SocketBytes(up - earlier.up, down - earlier.down);
  }

  /**
   * @param tokens at least one
   */
  public PerToken per(long tokens) {
    return new PerToken((double) up / tokens, (double) down / tokens);
  }

  /** Bytes per output token. */
  public record PerToken(double up, double down) {}
}
