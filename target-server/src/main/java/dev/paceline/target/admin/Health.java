package dev.paceline.target.admin;

/** What {@code /health} says. */
public enum Health {
  /** Not yet warmed up: 503. */
  LOADING(503, "loading"),
  /** 200. */
  SERVING(200, "ok"),
  /** Finishes what it has and takes nothing new: 503. */
  DRAINING(503, "draining");

  private final int status;
  private final String word;

  Health(int status, String word) {
    this.status = status;
    this.word = word;
  }

  int status() {
    return status;
  }

  String json() {
    return "{\"status\":\"" + word + "\"}";
  }
}
