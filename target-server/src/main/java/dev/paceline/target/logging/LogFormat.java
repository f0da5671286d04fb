package dev.paceline.target.logging;

import dev.paceline.common.UserError;
import java.util.Locale;

/** The values of {@code --log-format}. */
public enum LogFormat {
  /** A line for people. */
  TEXT("logback.xml"),
  /** A JSON object per line, for collectors. */
  JSON("dev/paceline/target/logging/json.xml");

  private final String resource;

  LogFormat(String resource) {
    this.resource = resource;
  }

  String resource() {
    return resource;
  }

  /**
   * Reads a value of the option.
   *
   * @throws UserError if it is neither {@code text} nor {@code json}
   */
  public static LogFormat parse(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "text" -> TEXT;
      case "json" -> JSON;
      default -> throw new UserError("--log-format '" + value + "' is neither text nor json");
    };
  }
}
