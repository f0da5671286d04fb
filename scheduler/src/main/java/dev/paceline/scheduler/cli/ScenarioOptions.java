package dev.paceline.scheduler.cli;

import dev.paceline.common.UserError;
import dev.paceline.scheduler.mec.BatteryBand;
import dev.paceline.scheduler.mec.ComputeProfile;
import dev.paceline.scheduler.mec.EnergyModel;
import dev.paceline.scheduler.mec.NoiseModel;
import dev.paceline.scheduler.mec.ObjectiveConfig;
import dev.paceline.scheduler.mec.PayloadMode;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.SyncPenalty;
import dev.paceline.scheduler.mec.WorkloadConfig;
import picocli.CommandLine.Option;

/** Options that describe a system. */
final class ScenarioOptions {
  enum Profile {
    PEAK,
    CALIBRATED
  }

  @Option(
      names = "--devices",
      paramLabel = "M",
      description = "number of phones (default: ${DEFAULT-VALUE})")
  int devices = 100;

  @Option(
      names = "--servers",
      paramLabel = "E",
      description =
          "number of servers, RTX 2080, 3090 and 4090 in turn (default: ${DEFAULT-VALUE})")
  int servers = 10;

  @Option(
      names = "--profile",
      description =
          "${COMPLETION-CANDIDATES}: peak rates as in the paper, or rates decoders reach (default:"
              + " ${DEFAULT-VALUE})")
  Profile profile = Profile.PEAK;

  @Option(
      names = "--energy-weight",
      paramLabel = "W",
      description = "w of the objective, ms per mJ (default: ${DEFAULT-VALUE})")
  double energyWeightMsPerMillijoule;

  @Option(
      names = "--energy",
      description = "${COMPLETION-CANDIDATES}: what sending costs (default: ${DEFAULT-VALUE})")
  EnergyModel energy = EnergyModel.PHYSICAL;

  @Option(
      names = "--noise",
      description = "${COMPLETION-CANDIDATES}: noise in the SNR (default: ${DEFAULT-VALUE})")
  NoiseModel noise = NoiseModel.FIXED_BAND;

  @Option(
      names = "--penalty",
      description =
          "${COMPLETION-CANDIDATES}: whether a fast upload is penalised too (default:"
              + " ${DEFAULT-VALUE})")
  SyncPenalty penalty = SyncPenalty.TWO_SIDED;

  @Option(
      names = "--battery",
      description = "${COMPLETION-CANDIDATES}: battery levels (default: ${DEFAULT-VALUE})")
  BatteryBand battery = BatteryBand.MIXED;

  @Option(
      names = "--payload",
      description =
          "${COMPLETION-CANDIDATES}: what a draft token costs on the uplink (default:"
              + " ${DEFAULT-VALUE})")
  PayloadMode payload = PayloadMode.IDS_PROB;

  /** The scenario, with another number of devices and servers if a trace says so. */
  Scenario scenario(int deviceCount, int serverCount, double slotMs) {
    if (!(energyWeightMsPerMillijoule >= 0) || Double.isInfinite(energyWeightMsPerMillijoule)) {
      throw new UserError("--energy-weight must be at least 0, not " + energyWeightMsPerMillijoule);
    }
    ObjectiveConfig paper = ObjectiveConfig.paper();
    WorkloadConfig workload = WorkloadConfig.paper();
    ComputeProfile compute =
        profile == Profile.PEAK ? ComputeProfile.PAPER_PEAK : ComputeProfile.CALIBRATED;
    return Scenario.paper(deviceCount, serverCount)
        .with(
            new ObjectiveConfig(
                paper.syncWeightPerMs(),
                energyWeightMsPerMillijoule,
                noise,
                energy,
                penalty,
                slotMs))
        .with(
            new WorkloadConfig(
                compute,
                payload,
                workload.draftLength(),
                battery,
                workload.leastTransmitDbm(),
                workload.mostTransmitDbm()));
  }
}
