package dev.paceline.common.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.common.UserError;
import org.junit.jupiter.api.Test;

class EnergyModelTest {
  private static final long GPT2 = 124_439_808;
  private final EnergyModel model = EnergyModel.ofDraft(GPT2);

  @Test
  void aTokenOfGpt2TakesAQuarterOfAJoule() {
    // 2 x 124.4 MFLOP at 1e9 FLOP/J.
    assertThat(model.energyPerDraftedToken()).isCloseTo(0.2489, within(1e-4));
  }

  @Test
  void aByteTakesWhatTheRadioTakesWhileItIsSent() {
    // 2.6 x 0.1 W for 8 us at 1 Mbit/s.
    assertThat(model.atUplink(1e6).energyPerByte()).isCloseTo(2.08e-6, within(1e-12));
    assertThat(model.atUplink(1e6).energyPerDraftedToken())
        .isEqualTo(model.energyPerDraftedToken());
    assertThat(model.atUplink(1e6).energy(10, 1000)).isCloseTo(2.4909, within(1e-3));
  }

  @Test
  void energyIsDearerTheEmptierTheBattery() {
    assertThat(model.priceFactor(PowerState.onBattery(1))).isEqualTo(1);
    assertThat(model.priceFactor(PowerState.onBattery(0.25))).isEqualTo(4);
    assertThat(model.priceFactor(PowerState.onBattery(0))).isEqualTo(50);
    assertThat(model.msPerJoule(PowerState.onBattery(0.5)))
        .isEqualTo(2 * model.msPerJoule(PowerState.onBattery(1)));
  }

  @Test
  void onMainsItIsFree() {
    PowerState mains = new PowerState(0.1, true, PowerState.Heat.NORMAL);
    assertThat(model.priceFactor(mains)).isEqualTo(1);
    assertThat(model.msPerJoule(mains)).isZero();
    assertThat(model.msPerJoule(PowerState.UNKNOWN)).isZero();
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> new EnergyModel(-1, 0, 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("-1.0");
    assertThatThrownBy(() -> PowerState.onBattery(1.2))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("1.2");
  }
}
