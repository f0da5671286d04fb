package dev.paceline.scheduler.mec;

import java.util.Arrays;

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
    Arrays.fill(ones, 1);
    return new Users(
        deviceMs, serverGflop, costPerUplinkMs, costPerShare, ones, ones, new double[count]);
  }

  /** Users of a scenario who send over its radio network and weigh energy by its objective. */
  public static Users of(
      Scenario scenario,
      Device[] devices,
      double[] deviceMs,
      double[] serverGflop,
      double[] deviceGflop) {
    int count = devices.length;
    double[] costPerUplinkMs = new double[count];
    double[] costPerShare = new double[count];
    double[] transmitWatt = new double[count];
    double[] battery = new double[count];
    ObjectiveConfig objective = scenario.objective();
    for (int i = 0; i < count; i++) {
      transmitWatt[i] = devices[i].transmitWatt();
      battery[i] = devices[i].battery();
      double weight = objective.energyWeightMsPerMillijoule() / battery[i];
      costPerUplinkMs[i] = weight * objective.energy().millijoulesPerMs(transmitWatt[i]);
      costPerShare[i] =
          weight
              * objective
                  .energy()
                  .millijoulesPerShare(transmitWatt[i], objective.slotMs(), scenario.bandHz());
    }
    return new Users(
        deviceMs, serverGflop, costPerUplinkMs, costPerShare, transmitWatt, battery, deviceGflop);
  }

  static Users of(Scenario scenario, Device[] devices, Task[] tasks) {
    int count = devices.length;
    double[] deviceMs = new double[count];
    for (int i = 0; i < count; i++) {
      deviceMs[i] = scenario.workload().compute().deviceMs(devices[i].type(), tasks[i]);
    }
    return of(
        scenario,
        devices,
        deviceMs,
        Arrays.stream(tasks).mapToDouble(Task::serverGflop).toArray(),
        Arrays.stream(tasks).mapToDouble(Task::deviceGflop).toArray());
  }
}
