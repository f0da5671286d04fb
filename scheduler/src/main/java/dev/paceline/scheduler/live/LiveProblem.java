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
    Users users =
        new Users(
            new double[count],
            new double[count],
            new double[count],
            new double[count],
            new double[count],
            new double[count],
            new double[count]);
    double[] bits = new double[count];
    double[] uplink = new double[count * servers];
    for (int i = 0; i < count; i++) {
      Session session = sessions.get(i);
      Device device = devices[session.device];
      double weight = scenario.objective().energyWeight() / device.battery();
      users.deviceMs()[i] = session.draftMsLeft;
      users.serverGflop()[i] = session.expectedGflopLeft();
      users.transmitWatt()[i] = device.transmitWatt();
      users.battery()[i] = device.battery();
      users.costPerUplinkMs()[i] =
          weight * scenario.objective().energy().millijoulesPerMs(device.transmitWatt());
      users.costPerShare()[i] =
          weight
              * scenario
                  .objective()
                  .energy()
                  .millijoulesPerShare(
                      device.transmitWatt(), scenario.objective().slotMs(), scenario.bandHz());
      bits[i] = Math.max(session.bitsLeft, 1);
      for (int j = 0; j < servers; j++) {
        double rate = bitsPerMs(scenario, device, gainDb[session.device * servers + j]);
        uplink[i * servers + j] = bits[i] / rate;
      }
    }
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
