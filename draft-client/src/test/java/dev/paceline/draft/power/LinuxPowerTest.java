package dev.paceline.draft.power;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.energy.PowerState;
import dev.paceline.common.energy.PowerState.Heat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads a copy of what Linux shows. */
class LinuxPowerTest {
  @TempDir Path root;

  @Test
  void aComputerWithoutABatteryIsNotKnown() throws IOException {
    assertThat(state().onBattery()).isFalse();
    supply("AC", "type", "Mains", "online", "1");
    assertThat(state().onBattery()).isFalse();
    assertThat(state().level()).isNaN();
  }

  @Test
  void aLaptopOnItsBattery() throws IOException {
    supply("AC", "type", "Mains", "online", "0");
    supply("BAT0", "type", "Battery", "capacity", "12", "status", "Discharging");
    assertThat(state().onBattery()).isTrue();
    assertThat(state().level()).isEqualTo(0.12);
    supply("BAT1", "type", "Battery", "capacity", "48", "status", "Unknown");
    assertThat(state().level()).as("two batteries").isEqualTo(0.30);
    supply("AC", "type", "Mains", "online", "1");
    assertThat(state().onBattery()).as("plugged in").isFalse();
  }

  @Test
  void aPhonesBatterySaysItselfThatItCharges() throws IOException {
    supply("battery", "type", "Battery", "capacity", "12", "status", "Charging");
    assertThat(state().charging()).isTrue();
  }

  @Test
  void aMouseIsNotTheComputer() throws IOException {
    supply("hidpp", "type", "Battery", "scope", "Device", "capacity", "3", "status", "Discharging");
    assertThat(state().onBattery()).isFalse();
  }

  @Test
  void nonsenseIsNotKnown() throws IOException {
    supply("BAT0", "type", "Battery", "capacity", "much", "status", "Discharging");
    supply("BAT1", "type", "Battery");
    supply("empty");
    assertThat(state().onBattery()).isFalse();
    supply("BAT0", "type", "Battery", "capacity", "900", "status", "Discharging");
    assertThat(state().level()).isEqualTo(1);
  }

  @Test
  void heatIsReadAgainstTheTripPoints() throws IOException {
    zone("70000", "passive", "85000", "critical", "100000");
    assertThat(state().heat()).isEqualTo(Heat.NORMAL);
    zone("86000", "passive", "85000", "critical", "100000");
    assertThat(state().heat()).isEqualTo(Heat.HOT);
    zone("96000", "passive", "85000", "critical", "100000");
    assertThat(state().heat()).isEqualTo(Heat.CRITICAL);
    zone("50000", "passive", "0", "critical", "-274000");
    assertThat(state().heat()).as("trip points that are not set").isEqualTo(Heat.NORMAL);
    zone("", "passive", "85000", "critical", "100000");
    assertThat(state().heat()).isEqualTo(Heat.NORMAL);
  }

  @Test
  void isReadAgainOnlyWhenItIsOldAndNotByTheOneWhoAsks() {
    long[] now = {0};
    int[] reads = {0};
    Deque<Runnable> reader = new ArrayDeque<>();
    CachedPower cached =
        new CachedPower(
            () -> PowerState.onBattery(0.5 - 0.1 * reads[0]++), () -> now[0], reader::add);
    now[0] = 4_000_000_000L;
    assertThat(cached.get().level()).isEqualTo(0.5);
    assertThat(reader).isEmpty();
    now[0] = 6_000_000_000L;
    assertThat(cached.get().level()).as("the old one, meanwhile").isEqualTo(0.5);
    assertThat(cached.get().level()).isEqualTo(0.5);
    assertThat(reader).hasSize(1);
    reader.remove().run();
    assertThat(cached.get().level()).isEqualTo(0.4);
    assertThat(reader).isEmpty();
  }

  private PowerState state() {
    return new LinuxPower(root).get();
  }

  private void supply(String name, String... files) throws IOException {
    write(root.resolve("class/power_supply").resolve(name), files);
  }

  private void zone(String now, String type0, String at0, String type1, String at1)
      throws IOException {
    write(
        root.resolve("class/thermal/thermal_zone0"),
        "temp",
        now,
        "trip_point_0_type",
        type0,
        "trip_point_0_temp",
        at0,
        "trip_point_1_type",
        type1,
        "trip_point_1_temp",
        at1);
  }

  private static void write(Path folder, String... files) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < files.length; i += 2) {
      Files.writeString(folder.resolve(files[i]), files[i + 1] + "\n");
    }
  }
}
