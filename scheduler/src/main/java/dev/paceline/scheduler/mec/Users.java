package dev.paceline.scheduler.mec;

/**
 * What a slot's problem knows of its users; one element per user.
 *
 * @param deviceMs D^MD in ms
 * @param serverGflop f^ES in GFLOP
 * @param costPerUplinkMs w · E^CM / B for each ms of uploading
 * @param costPerShare w · E^CM / B for a whole band
 * @param transmitWatt P in W
 * @param battery B
 * @param deviceGflop f^MD in GFLOP
 */
public record Users(
    double[] deviceMs,
    double[] serverGflop,
    double[] costPerUplinkMs,
    double[] costPerShare,
    double[] transmitWatt,
    double[] battery,
    double[] deviceGflop) {

  /** Number of users. */
  public int count() {
    return deviceMs.length;
  }

  /** Users with given costs, for problems that do not come from a scenario. */
  public static Users ofCosts(
      double[] deviceMs, double[] serverGflop, double[] costPerUplinkMs, double[] costPerShare) {
    int count = deviceMs.length;
    double[] ones = new double[count];
    java.util.Arrays.fill(ones, 1);
    return new Users(
        deviceMs, serverGflop, costPerUplinkMs, costPerShare, ones, ones, new double[count]);
  }

  static Users of(Scenario scenario, Device[] devices, Task[] tasks) {
    int count = devices.length;
    Users users =
        new Users(
            new double[count],
            new double[count],
            new double[count],
            new double[count],
            new double[count],
            new double[count],
            new double[count]);
    ObjectiveConfig objective = scenario.objective();
    for (int i = 0; i < count; i++) {
      double watt = devices[i].transmitWatt();
      double weight = objective.energyWeight() / devices[i].battery();
      users.deviceMs[i] = scenario.workload().compute().deviceMs(devices[i].type(), tasks[i]);
      users.serverGflop[i] = tasks[i].serverGflop();
      users.costPerUplinkMs[i] = weight * objective.energy().millijoulesPerMs(watt);
      users.costPerShare[i] =
          weight
              * objective.energy().millijoulesPerShare(watt, objective.slotMs(), scenario.bandHz());
      users.transmitWatt[i] = watt;
      users.battery[i] = devices[i].battery();
      users.deviceGflop[i] = tasks[i].deviceGflop();
    }
    return users;
  }
}
