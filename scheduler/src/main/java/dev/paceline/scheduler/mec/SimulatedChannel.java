package dev.paceline.scheduler.mec;

import java.util.random.RandomGenerator;

/**
 * Pedestrians under {@link RadioConfig.Propagation}, in pure Java.
 *
 * <p>Shadowing is a first-order autoregression along each walk with TR 38.901's correlation
 * distances, drawn afresh where the line-of-sight state changes. A pair keeps one uniform number
 * for its line-of-sight draw, so that the state changes only as the distance does. No small-scale
 * fading: over many paths its power varies by about 1 dB.
 */
public final class SimulatedChannel implements Channel {
  private static final double UARA_CORRELATION = 0.9;
  private static final double UARA_SHADOWING_DB = 5;

  private final RadioConfig radio;
  private final double slotSeconds;
  private final RandomGenerator random;
  private final Position[] servers;
  private final Position[] devices;
  private final double[][] headings;
  private final Mobility mobility;
  private final float[] losDraw;
  private final float[] shadow;
  private final boolean[] los;
  private final float[] gain;

  /** Places devices uniformly and draws the first slot. */
  public SimulatedChannel(
      RadioConfig radio, int devices, int servers, double slotSeconds, RandomGenerator random) {
    this.radio = radio;
    this.slotSeconds = slotSeconds;
    this.random = random;
    this.servers = Mobility.grid(radio, servers);
    this.mobility = new Mobility(radio, this.servers);
    this.devices = new Position[devices];
    this.headings = new double[devices][1];
    int pairs = Math.multiplyExact(devices, servers);
    this.losDraw = new float[pairs];
    this.shadow = new float[pairs];
    this.los = new boolean[pairs];
    this.gain = new float[pairs];
    for (int i = 0; i < devices; i++) {
      this.devices[i] = mobility.place(random);
      headings[i][0] = random.nextDouble() * 2 * Math.PI;
    }
    for (int k = 0; k < pairs; k++) {
      losDraw[k] = random.nextFloat();
    }
    update(true);
  }

  @Override
  public int devices() {
    return devices.length;
  }

  @Override
  public int servers() {
    return servers.length;
  }

  @Override
  public double gainDb(int device, int server) {
    return gain[device * servers.length + server];
  }

  /** Where a device is in this slot. */
  public Position position(int device) {
    return devices[device];
  }

  @Override
  public void advance() {
    double metres = radio.speedMetresPerSecond() * slotSeconds;
    for (int i = 0; i < devices.length; i++) {
      devices[i] = mobility.step(devices[i], headings[i], metres, random);
    }
    update(false);
  }

  private void update(boolean first) {
    double movedMetres = radio.speedMetresPerSecond() * slotSeconds;
    for (int i = 0; i < devices.length; i++) {
      for (int j = 0; j < servers.length; j++) {
        int pair = i * servers.length + j;
        double distanceMetres = devices[i].distance2dMetres(servers[j]);
        gain[pair] =
            (float)
                (radio.propagation() == RadioConfig.Propagation.UMI
                    ? umi(pair, distanceMetres, movedMetres, first)
                    : uara(pair, distanceMetres, first));
      }
    }
  }

  private double umi(int pair, double distanceMetres, double movedMetres, boolean first) {
    boolean now = losDraw[pair] < UmiPathLoss.losProbability(distanceMetres);
    double sigmaDb = UmiPathLoss.shadowingDecibel(now);
    double keep =
        first || now != los[pair] ? 0 : Math.exp(-movedMetres / UmiPathLoss.shadowingMetres(now));
    los[pair] = now;
    double value = autoregress(pair, keep, sigmaDb);
    return value
        - UmiPathLoss.decibel(
            distanceMetres,
            radio.serverHeightMetres(),
            radio.deviceHeightMetres(),
            radio.carrierGhz(),
            now);
  }

  private double uara(int pair, double distanceMetres, boolean first) {
    double value = autoregress(pair, first ? 0 : UARA_CORRELATION, UARA_SHADOWING_DB);
    return value - (41 + 28 * Math.log10(Math.sqrt(distanceMetres * distanceMetres + 100)) + 10);
  }

  private double autoregress(int pair, double keep, double sigmaDb) {
    double fresh = sigmaDb * random.nextGaussian();
    shadow[pair] = (float) (keep * shadow[pair] + Math.sqrt(1 - keep * keep) * fresh);
    return shadow[pair];
  }
}
