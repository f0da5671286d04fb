package dev.paceline.common.link;

import dev.paceline.common.UserError;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rates in bits per second, as people write them. */
public final class BitRate {
  /** No limit. */
  public static final double UNLIMITED = 0;

  private static final double LEAST = 100;
  private static final double MOST = 1e12;
  private static final Pattern TEXT =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?|\\.[0-9]+) ?([kKmMgG]?)(bit/s|bits/s|bps|bit|B/s|B)");

  private BitRate() {}

  /**
   * Reads {@code 64kbit}, {@code 1.5Mbit/s}, {@code 200kbps}, {@code 8kB/s} or {@code unlimited};
   * k, M and G are powers of 1000, B is 8 bits.
   *
   * @param what the option, for the message
   * @return bits per second; {@link #UNLIMITED} for none
   * @throws UserError if it is no rate or not between 100 bit/s and 1000 Gbit/s
   */
  public static double parse(String what, String text) {
    String trimmed = text.trim();
    if (trimmed.equalsIgnoreCase("unlimited")) {
      return UNLIMITED;
    }
    Matcher matcher = TEXT.matcher(trimmed);
    if (!matcher.matches()) {
      throw new UserError(
          what + " '" + text + "' is not a rate such as 64kbit, 1.5Mbit, 8kB/s or unlimited");
    }
    double value = Double.parseDouble(matcher.group(1)) * scale(matcher.group(2));
    double bits = matcher.group(3).startsWith("B") ? 8 * value : value;
    if (!(bits >= LEAST && bits <= MOST)) {
      throw new UserError(what + " '" + text + "' is not between 100bit and 1000Gbit per second");
    }
    return bits;
  }

  private static double scale(String prefix) {
    switch (prefix.toLowerCase(Locale.ROOT)) {
      case "k":
        return 1e3;
      case "m":
        return 1e6;
      case "g":
        return 1e9;
      default:
        return 1;
    }
  }

  /** A rate in words, such as {@code 64 kbit/s}. */
  public static String text(double bitsPerSecond) {
    if (bitsPerSecond <= 0) {
      return "unlimited";
    }
    String[] units = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s"};
    double value = bitsPerSecond;
    int unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    String digits = String.format(Locale.ROOT, value < 99.5 ? "%.3g" : "%.0f", value);
    if (digits.contains(".")) {
      digits = digits.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
    return digits + " " + units[unit];
  }
}
