package dev.paceline.scheduler.mec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.common.UserError;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Numbers by hand from the formulas, units written out. */
class SystemModelTest {
  @Test
  void workIsTwoFlopsPerParameterAndToken() {
    Task task = Task.of(TaskKind.CHAT, 60);
    assertThat(task.draftedTokens()).isCloseTo(100, within(1e-9));
    assertThat(task.deviceGflop()).isCloseTo(0.248879616 * 160, within(1e-6));
    assertThat(task.serverGflop()).isCloseTo(3.1152224 * 160, within(1e-6));
  }

  @Test
  void drawnLengthsStayWithinAQuarterOfTheMean() {
    SplittableRandom random = new SplittableRandom(1);
    for (int k = 0; k < 1000; k++) {
      Task task = Task.draw(random);
      assertThat(task.outputTokens() / task.kind().meanOutputTokens()).isBetween(0.75, 1.25);
    }
  }

  @Test
  void payloadCountsTokensAndFrames() {
    // 17 tokens in frames of 8: three frames of 80 bytes.
    assertThat(PayloadMode.IDS_PROB.bits(17, 8)).isEqualTo(8.0 * (17 * 8 + 3 * 80));
    // Fig. 2's knee: full FP32 logits of one token are 201 kB.
    assertThat(PayloadMode.LOGITS_F32.bits(1, 1)).isEqualTo(8.0 * (4 * 50_257 + 80));
  }

  @Test
  void rateIsShannonsInBitsPerMillisecond() {
    // Half of 1 MHz at SNR 3: 0.5e6 · log2(4) = 1e6 bit/s.
    assertThat(NoiseModel.FIXED_BAND.bitsPerMs(0.5, 1e6, 3)).isCloseTo(1000, within(1e-9));
    // Noise halves with the band: 0.5e6 · log2(1 + 6).
    assertThat(NoiseModel.SCALED.bitsPerMs(0.5, 1e6, 3))
        .isCloseTo(500 * Math.log(7) / Math.log(2), within(1e-9));
  }

  @Test
  void noiseOverOneMegahertzIsMinus109DecibelMilliwatt() {
    assertThat(RadioConfig.paper().noiseDbm(1e6)).isCloseTo(-174 + 60 + 5, within(1e-9));
  }

  @Test
  void energyReadingsHaveTheirUnits() {
    // 0.2 W radiated for 10 ms: 2.6 · 0.2 W · 10 ms = 5.2 mJ.
    assertThat(EnergyModel.PHYSICAL.millijoulesPerMs(0.2) * 10).isCloseTo(5.2, within(1e-12));
    assertThat(EnergyModel.OCCUPANCY.millijoulesPerShare(0.2, 100, 1e6) * 0.1)
        .isCloseTo(2.6 * 0.2 * 0.1 * 100, within(1e-12));
    assertThat(EnergyModel.LITERAL.millijoulesPerShare(0.2, 100, 1e6) * 0.1)
        .isCloseTo(LiteralReading.transmission(0.1, 1e6, 0.2), within(1e-6));
  }

  @Test
  void powerConvertsFromDecibelMilliwatt() {
    assertThat(new Device(DeviceType.IPHONE_14, 20, 1).transmitWatt())
        .isCloseTo(0.1, within(1e-12));
  }

  @Test
  void batteryDrainsByCapacity() {
    // 12.7 Wh = 45,720 J.
    Device device = new Device(DeviceType.IPHONE_14, 20, 1).drained(4572);
    assertThat(device.battery()).isCloseTo(0.9, within(1e-12));
    assertThat(device.drained(1e9).battery()).isPositive();
  }

  @Test
  void queueWaitsWholeSlots() {
    // 15 GFLOP at 0.1 GFLOP/ms and slots of 100 ms: two slots.
    assertThat(ServerQueue.waitMs(15, 0.1, 100)).isEqualTo(200);
    assertThat(ServerQueue.waitMs(0, 0.1, 100)).isZero();
    assertThat(ServerQueue.next(15, 3, 0.1, 100)).isCloseTo(8, within(1e-12));
    assertThat(ServerQueue.next(1, 3, 0.1, 100)).isZero();
  }

  @Test
  void cardsHoldTheSessionsTheirMemoryAllows() {
    // 315 MB a session of 1024 tokens beside 3.1 GB of weights.
    assertThat(ServerType.RTX_2080.sessionCapacity()).isEqualTo(14);
    assertThat(ServerType.RTX_4090.sessionCapacity()).isBetween(60, 65);
  }

  @Test
  void configurationsThatCannotWorkAreOneSentence() {
    assertThatThrownBy(() -> Scenario.paper(0, 4))
        .isInstanceOf(UserError.class)
        .hasMessage("at least one device and one server are needed, not 0 and 4");
    assertThatThrownBy(() -> Scenario.paper(200, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("200 devices do not fit")
        .hasMessageContaining("hold 14 sessions");
  }

  @Test
  void objectiveOfOneUserIsTheFormulaByHand() {
    Users users =
        Users.ofCosts(new double[] {100}, new double[] {50}, new double[] {2}, new double[] {30});
    Servers servers = new Servers(new double[] {5}, new double[] {200}, new int[] {1});
    SlotProblem problem =
        new SlotProblem(
            users, servers, ObjectiveConfig.paper(), 1e6, new double[] {40}, new double[] {1});
    // D + wait + f/(zF) + λ(u − D)² + e·u + b·y with u = 40/0.5 = 80, z = 0.25.
    double expected = 100 + 200 + 50 / (0.25 * 5) + 0.01 * 20 * 20 + 2 * 80 + 30 * 0.5;
    assertThat(problem.cost(0, 0, 0.5, 0.25)).isCloseTo(expected, within(1e-9));
  }

  @Test
  void simulatedChannelFollowsTheModelsStatistics() {
    RadioConfig radio = RadioConfig.paper();
    SimulatedChannel channel = new SimulatedChannel(radio, 400, 4, 1, new SplittableRandom(3));
    Position[] servers = Mobility.grid(radio, 4);
    double sum = 0;
    double squares = 0;
    int count = 0;
    for (int t = 0; t < 20; t++) {
      for (int i = 0; i < 400; i++) {
        for (int j = 0; j < 4; j++) {
          double distance = channel.position(i).distance2dMetres(servers[j]);
          double los = -UmiPathLoss.decibel(distance, 10, 1.5, 3.5, true);
          // Only places where line of sight is nearly sure have a single law.
          if (UmiPathLoss.losProbability(distance) > 0.999) {
            double shadow = channel.gainDb(i, j) - los;
            sum += shadow;
            squares += shadow * shadow;
            count++;
          }
        }
      }
      for (int k = 0; k < 30; k++) {
        channel.advance();
      }
    }
    assertThat(count).isGreaterThan(30);
    assertThat(sum / count).as("mean shadowing").isBetween(-2.0, 2.0);
    assertThat(Math.sqrt(squares / count)).as("its deviation").isBetween(2.8, 5.2);
  }

  @Test
  void shadowingDecorrelatesWithDistance() {
    RadioConfig radio = RadioConfig.paper();
    SimulatedChannel channel = new SimulatedChannel(radio, 2000, 1, 0.1, new SplittableRandom(5));
    double[] before = new double[2000];
    for (int i = 0; i < 2000; i++) {
      before[i] = channel.gainDb(i, 0);
    }
    channel.advance();
    double squares = 0;
    int same = 0;
    for (int i = 0; i < 2000; i++) {
      double change = channel.gainDb(i, 0) - before[i];
      if (Math.abs(change) < 6) {
        squares += change * change;
        same++;
      }
    }
    // 8.3 cm of walking: √(2 − 2e^(−0.083/13)) · 7.82 dB = 0.88 dB, less for LOS.
    assertThat(same).isGreaterThan(1950);
    assertThat(Math.sqrt(squares / same)).isBetween(0.4, 1.1);
  }
}
