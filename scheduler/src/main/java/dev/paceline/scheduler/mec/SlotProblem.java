package dev.paceline.scheduler.mec;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One slot's optimisation problem P1: M users, E servers and everything their cost depends on.
 *
 * <p>The cost of user i at server j with uplink share y and compute share z, in ms, is D + wait_j +
 * f / (z F_j) + λ (D − q/y)² + e q/y + b y, where q is the upload time over the whole band. Under
 * {@link NoiseModel#SCALED} the upload time is q log(1+SNR) / (y log(1+SNR/y)) instead.
 *
 * <p>Immutable by convention: arrays are not copied, because a large problem's would not fit twice.
 */
public final class SlotProblem {
  /** Slowest upload that is still told apart, in ms over the whole band. */
  private static final double LONGEST_UPLINK_MS = 1e9;

  private final Users users;
  private final Servers servers;
  private final ObjectiveConfig objective;
  private final double bandHz;
  private final double[] fullBandUplinkMs;
  private final double[] uplinkBits;
  private final double[] rootGflop;

  /**
   * @param fullBandUplinkMs q_ij = d_i / (W_j log2(1 + SNR_ij)) in ms, row by user
   * @param uplinkBits d_i
   * @param bandHz W_j
   */
  public SlotProblem(
      Users users,
      Servers servers,
      ObjectiveConfig objective,
      double bandHz,
      double[] fullBandUplinkMs,
      double[] uplinkBits) {
    if (fullBandUplinkMs.length != users.count() * servers.count()) {
      throw new IllegalArgumentException(
          fullBandUplinkMs.length
              + " upload times for "
              + users.count()
              + " users and "
              + servers.count()
              + " servers");
    }
    this.users = users;
    this.servers = servers;
    this.objective = objective;
    this.bandHz = bandHz;
    this.fullBandUplinkMs = fullBandUplinkMs;
    this.uplinkBits = uplinkBits;
    this.rootGflop = Arrays.stream(users.serverGflop()).map(Math::sqrt).toArray();
  }

  /** The problem of a scenario's slot. */
  public static SlotProblem of(
      Scenario scenario, Device[] devices, Task[] tasks, Channel channel, double[] queuedGflop) {
    RadioConfig radio = scenario.radio();
    double noise = radio.noiseDbm(scenario.bandHz());
    int count = devices.length;
    double[] bits = new double[count];
    double[] uplink = new double[count * scenario.servers()];
    for (int i = 0; i < count; i++) {
      bits[i] =
          scenario
              .workload()
              .payload()
              .bits(tasks[i].draftedTokens(), scenario.workload().draftLength());
      for (int j = 0; j < scenario.servers(); j++) {
        double snrDb =
            devices[i].transmitDbm() + channel.gainDb(i, j) + radio.antennaGainDb() - noise;
        double rate =
            NoiseModel.FIXED_BAND.bitsPerMs(1, scenario.bandHz(), Math.pow(10, snrDb / 10));
        uplink[i * scenario.servers() + j] = Math.min(LONGEST_UPLINK_MS, bits[i] / rate);
      }
    }
    return new SlotProblem(
        Users.of(scenario, devices, tasks),
        Servers.of(scenario, queuedGflop),
        scenario.objective(),
        scenario.bandHz(),
        uplink,
        bits);
  }

  /**
   * A slot drawn from a scenario: positions, shadowing, phones and tasks of a seed, empty queues.
   */
  public static SlotProblem draw(Scenario scenario, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Channel channel =
        new SimulatedChannel(
            scenario.radio(),
            scenario.devices(),
            scenario.servers(),
            scenario.objective().slotMs() / 1000,
            random.split());
    return draw(scenario, channel, random.split());
  }

  /** A slot with given channel gains. */
  public static SlotProblem draw(Scenario scenario, Channel channel, RandomGenerator random) {
    Device[] devices = scenario.drawDevices(random);
    Task[] tasks = scenario.drawTasks(random);
    return of(scenario, devices, tasks, channel, new double[scenario.servers()]);
  }

  /** M. */
  public int userCount() {
    return users.count();
  }

  /** E. */
  public int serverCount() {
    return servers.count();
  }

  public Users users() {
    return users;
  }

  public Servers servers() {
    return servers;
  }

  public ObjectiveConfig objective() {
    return objective;
  }

  /** W_j in hertz. */
  public double bandHz() {
    return bandHz;
  }

  /** q_ij, the upload time in ms with the whole band. */
  public double fullBandUplinkMs(int user, int server) {
    return fullBandUplinkMs[user * servers.count() + server];
  }

  /** All q_ij, row by user; not to be written to. */
  public double[] fullBandUplinkMs() {
    return fullBandUplinkMs;
  }

  /** √f_i in √GFLOP. */
  public double rootGflop(int user) {
    return rootGflop[user];
  }

  /** Signal-to-noise ratio over the whole band. */
  public double snr(int user, int server) {
    double bitsPerHz = uplinkBits[user] / fullBandUplinkMs(user, server) * 1000 / bandHz;
    return Math.pow(2, bitsPerHz) - 1;
  }

  /** d_i in bits. */
  public double uplinkBits(int user) {
    return uplinkBits[user];
  }

  /** d_i / R_i in ms under the objective's noise model. */
  public double uplinkMs(int user, int server, double share) {
    if (objective.noise() == NoiseModel.FIXED_BAND) {
      return fullBandUplinkMs(user, server) / share;
    }
    return uplinkBits[user] / objective.noise().bitsPerMs(share, bandHz, snr(user, server));
  }

  /** User i's part of the objective P1 in ms, compute energy left out. */
  public double cost(int user, int server, double uplinkShare, double computeShare) {
    return users.deviceMs()[user]
        + servers.waitMs()[server]
        + users.serverGflop()[user] / (computeShare * servers.gflopPerMs()[server])
        + uplinkCost(user, server, uplinkShare);
  }

  /** The part of {@link #cost} that depends on y. */
  public double uplinkCost(int user, int server, double uplinkShare) {
    double uplinkMs = uplinkMs(user, server, uplinkShare);
    return objective.penalty().cost(objective.syncWeightPerMs(), users.deviceMs()[user], uplinkMs)
        + users.costPerUplinkMs()[user] * uplinkMs
        + users.costPerShare()[user] * uplinkShare;
  }

  /** The problem with other waits, for predictions. */
  public SlotProblem with(Servers other) {
    return new SlotProblem(users, other, objective, bandHz, fullBandUplinkMs, uplinkBits);
  }
}
