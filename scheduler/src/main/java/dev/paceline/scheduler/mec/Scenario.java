package dev.paceline.scheduler.mec;

import dev.paceline.common.UserError;
import java.util.random.RandomGenerator;

/**
 * Everything that is fixed before a seed is chosen.
 *
 * @param devices M
 * @param servers E
 */
public record Scenario(
    int devices,
    int servers,
    RadioConfig radio,
    ObjectiveConfig objective,
    WorkloadConfig workload) {
  /**
   * @throws UserError if the counts are not positive or the sessions cannot all be held
   */
  public Scenario {
    if (devices < 1 || servers < 1) {
      throw new UserError(
          "at least one device and one server are needed, not " + devices + " and " + servers);
    }
    long capacity = 0;
    for (int j = 0; j < servers; j++) {
      capacity += serverType(j).sessionCapacity();
    }
    if (devices > capacity) {
      throw new UserError(
          devices
              + " devices do not fit: the key-value caches of "
              + servers
              + " servers hold "
              + capacity
              + " sessions");
    }
  }

  /** The paper's Table I. */
  public static Scenario paper(int devices, int servers) {
    return new Scenario(
        devices, servers, RadioConfig.paper(), ObjectiveConfig.paper(), WorkloadConfig.paper());
  }

  /** The same scenario with another objective. */
  public Scenario with(ObjectiveConfig other) {
    return new Scenario(devices, servers, radio, other, workload);
  }

  /** The same scenario with another workload. */
  public Scenario with(WorkloadConfig other) {
    return new Scenario(devices, servers, radio, objective, other);
  }

  /** The same scenario on another radio network. */
  public Scenario with(RadioConfig other) {
    return new Scenario(devices, servers, other, objective, workload);
  }

  /** Bandwidth W_j = W / E in hertz. */
  public double bandHz() {
    return radio.bandwidthHz() / servers;
  }

  /** The kinds of server take turns. */
  public static ServerType serverType(int server) {
    return ServerType.values()[server % ServerType.values().length];
  }

  /** Draws the phones. */
  public Device[] drawDevices(RandomGenerator random) {
    Device[] drawn = new Device[devices];
    double span = workload.mostTransmitDbm() - workload.leastTransmitDbm();
    for (int i = 0; i < devices; i++) {
      DeviceType type = DeviceType.values()[random.nextInt(DeviceType.values().length)];
      double power = workload.leastTransmitDbm() + span * random.nextDouble();
      drawn[i] = new Device(type, power, workload.battery().draw(random));
    }
    return drawn;
  }

  /** Draws one task for every phone. */
  public Task[] drawTasks(RandomGenerator random) {
    Task[] drawn = new Task[devices];
    for (int i = 0; i < devices; i++) {
      drawn[i] = Task.draw(random);
    }
    return drawn;
  }
}
