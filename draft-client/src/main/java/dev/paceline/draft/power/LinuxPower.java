package dev.paceline.draft.power;

import dev.paceline.common.energy.PowerState;
import dev.paceline.common.energy.PowerState.Heat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Reads battery and heat as Linux shows them in files: {@code class/power_supply} and {@code
 * class/thermal} (documented in the kernel's {@code Documentation/ABI/testing}). What is missing or
 * makes no sense counts as not known; nothing here throws.
 */
public final class LinuxPower implements Supplier<PowerState> {
  /** Below this the kernel would not call a device hot: the trip point is not set. */
  private static final long LEAST_TRIP_MILLIDEGREES = 40_000;

  /** So near the point at which the kernel switches off. */
  private static final long NEAR_MILLIDEGREES = 5_000;

  private static final int TRIPS = 16;

  private final Path root;

  /**
   * @param root {@code /sys}, or a copy for tests
   */
  public LinuxPower(Path root) {
    this.root = root;
  }

  @Override
  public PowerState get() {
    double charge = 0;
    int batteries = 0;
    boolean mains = false;
    for (Path supply : folders(root.resolve("class/power_supply"))) {
      String type = text(supply, "type");
      if (type.equals("Battery") && !text(supply, "scope").equals("Device")) {
        OptionalLong capacity = number(supply, "capacity");
        if (capacity.isPresent()) {
          charge += Math.max(0, Math.min(100, capacity.getAsLong())) / 100.0;
          batteries++;
        }
        String status = text(supply, "status");
        mains |= status.equals("Charging") || status.equals("Full");
      } else if (type.equals("Mains") || type.equals("USB")) {
        mains |= number(supply, "online").orElse(0) == 1;
      }
    }
    double level = batteries == 0 ? Double.NaN : charge / batteries;
    return new PowerState(level, mains, heat());
  }

  private Heat heat() {
    Heat most = Heat.NORMAL;
    for (Path zone : folders(root.resolve("class/thermal"))) {
      OptionalLong now = number(zone, "temp");
      for (int trip = 0; now.isPresent() && trip < TRIPS; trip++) {
        Heat heat = heat(zone, trip, now.getAsLong());
        most = heat.compareTo(most) > 0 ? heat : most;
      }
    }
    return most;
  }

  private static Heat heat(Path zone, int trip, long now) {
    long at = number(zone, "trip_point_" + trip + "_temp").orElse(0);
    if (at < LEAST_TRIP_MILLIDEGREES) {
      return Heat.NORMAL;
    }
    return switch (text(zone, "trip_point_" + trip + "_type")) {
      case "critical" -> now >= at - NEAR_MILLIDEGREES ? Heat.CRITICAL : Heat.NORMAL;
      case "hot", "passive" -> now >= at ? Heat.HOT : Heat.NORMAL;
      default -> Heat.NORMAL;
    };
  }

  private static List<Path> folders(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  private static OptionalLong number(Path folder, String name) {
    String text = text(folder, name);
    return text.matches("-?[0-9]{1,12}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  private static String text(Path folder, String name) {
    try {
      return Files.readString(folder.resolve(name)).strip();
    } catch (IOException | UncheckedIOException e) {
      return "";
    }
  }
}
