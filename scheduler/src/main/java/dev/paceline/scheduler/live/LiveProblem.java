package dev.paceline.scheduler.live;

import dev.paceline.scheduler.mec.Device;
import dev.paceline.scheduler.mec.NoiseModel;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.Servers;
import dev.paceline.scheduler.mec.SlotProblem;
import dev.paceline.scheduler.mec.Users;
import java.util.List;

/** The slot problem of sessions in flight, from what is known of them. */
final class LiveProblem {
  private LiveProblem() {}

  static SlotProblem of(
      Scenario scenario, Device[] devices, List<Session> sessions, double[] gainDb) {
    int count = sessions.size();
    int servers = scenario.servers();
    Device[] owners = new Device[count];
    double[] draftMs = new double[count];
    double[] gflop = new double[count];
    double[] bits = new double[count];
    double[] uplink = new double[count * servers];
    for (int i = 0; i < count; i++) {
      Session session = sessions.get(i);
      owners[i] = devices[session.device];
      draftMs[i] = session.draftMsLeft;
      gflop[i] = session.expectedGflopLeft();
      bits[i] = Math.max(session.bitsLeft, 1);
      for (int j = 0; j < servers; j++) {
        double rate = bitsPerMs(scenario, owners[i], gainDb[session.device * servers + j]);
        uplink[i * servers + j] = bits[i] / rate;
      }
    }
    Users users = Users.of(scenario, owners, draftMs, gflop, new double[count]);
    return new SlotProblem(
        users,
        Servers.of(scenario, new double[servers]),
        scenario.objective(),
        scenario.bandHz(),
        uplink,
        bits);
  }

  /** Rate over the whole band. */
  static double bitsPerMs(Scenario scenario, Device device, double gainDb) {
    double snrDb =
        device.transmitDbm()
            + gainDb
            + scenario.radio().antennaGainDb()
            - scenario.radio().noiseDbm(scenario.bandHz());
    double rate = NoiseModel.FIXED_BAND.bitsPerMs(1, scenario.bandHz(), Math.pow(10, snrDb / 10));
    return Math.max(rate, 1e-6);
  }
}
