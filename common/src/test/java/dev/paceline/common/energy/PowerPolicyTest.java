package dev.paceline.common.energy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PowerPolicyTest {
  private final PowerPolicy policy = new PowerPolicy();

  @Test
  void aGoodBatteryOrMainsChangesNothing() {
    assertThat(policy.window(8, PowerState.UNKNOWN)).isEqualTo(8);
    assertThat(policy.window(8, PowerState.onBattery(0.31))).isEqualTo(8);
    assertThat(policy.window(8, new PowerState(0.02, true, PowerState.Heat.NORMAL))).isEqualTo(8);
  }

  @Test
  void theWindowShrinksWithTheBattery() {
    int before = 8;
    for (double level = 0.30; level > 0.10; level -= 0.01) {
      int window = policy.window(8, PowerState.onBattery(level));
      assertThat(window).isBetween(1, before);
      before = window;
    }
    assertThat(before).isEqualTo(1);
  }

  @Test
  void anEmptyBatteryHandsDraftingOver() {
    assertThat(policy.window(8, PowerState.onBattery(0.09))).isZero();
    assertThat(policy.window(8, PowerState.onBattery(0.11))).as("wavers").isZero();
    assertThat(policy.window(8, PowerState.onBattery(0.14))).isPositive();
    assertThat(policy.window(8, PowerState.onBattery(0.11))).isPositive();
  }

  @Test
  void mainsBringsItBackAtOnce() {
    assertThat(policy.window(8, PowerState.onBattery(0.05))).isZero();
    assertThat(policy.window(8, new PowerState(0.05, true, PowerState.Heat.NORMAL))).isEqualTo(8);
  }

  @Test
  void aHotDeviceDraftsLess() {
    assertThat(policy.window(8, new PowerState(Double.NaN, true, PowerState.Heat.HOT)))
        .isEqualTo(4);
    assertThat(policy.window(1, new PowerState(Double.NaN, true, PowerState.Heat.HOT)))
        .isEqualTo(1);
    assertThat(policy.window(8, new PowerState(1, true, PowerState.Heat.CRITICAL))).isZero();
  }
}
