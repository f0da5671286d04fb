package dev.paceline.benchmarks.survival;

/** A target server that can be killed and started again; each time on another port. */
interface Host extends AutoCloseable {
  int port();

  /** Ends the server at once. */
  void kill();

  /** Starts another one in its place and returns when it serves. */
  void restart();

  @Override
  void close();
}
