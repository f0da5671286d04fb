package dev.paceline.scheduler.mec;

import dev.paceline.common.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Channel gains computed by Sionna and exported with {@code scheduler/sionna/export_umi.py}: an
 * .npz file with gain_db [T, M, E] in dB, pos_ue [T, M, 3] and pos_bs [E, 3] in metres, and the
 * scalars fc_hz and slot_s.
 */
public final class SionnaTrace {
  /** The small trace that the project ships: 30 devices, 4 servers, 60 slots. */
  public static final String BUILT_IN = "umi_m30_e4_s1.npz";

  /** No real link is outside; a number that is has another unit. */
  private static final double MIN_GAIN_DB = -300;

  private static final double MAX_GAIN_DB = 30;

  private final int slots;
  private final int devices;
  private final int servers;
  private final double slotSeconds;
  private final double carrierHz;
  private final double[] gainDb;
  private final Position[] serverPositions;
  private final double[] devicePositions;

  private SionnaTrace(String name, Map<String, NpyArray> arrays) {
    NpyArray gain = array(name, arrays, "gain_db", 3);
    slots = gain.shape()[0];
    devices = gain.shape()[1];
    servers = gain.shape()[2];
    if (slots == 0 || devices == 0 || servers == 0) {
      throw new UserError(
          name + ": gain_db is empty, its shape is " + Arrays.toString(gain.shape()));
    }
    gainDb = gain.values();
    for (double value : gainDb) {
      if (!(value >= MIN_GAIN_DB && value <= MAX_GAIN_DB)) {
        throw new UserError(
            name + ": gain_db holds " + value + ", which is no channel gain in decibel");
      }
    }
    devicePositions = sized(name, arrays, "pos_ue", new int[] {slots, devices, 3}).values();
    double[] places = sized(name, arrays, "pos_bs", new int[] {servers, 3}).values();
    finite(name, "pos_ue", devicePositions);
    finite(name, "pos_bs", places);
    serverPositions = new Position[servers];
    for (int j = 0; j < servers; j++) {
      serverPositions[j] = new Position(places[3 * j], places[3 * j + 1], places[3 * j + 2]);
    }
    slotSeconds = positive(name, arrays, "slot_s");
    carrierHz = positive(name, arrays, "fc_hz");
  }

  /**
   * Reads a trace from a file.
   *
   * @throws UserError if it is unreadable or its arrays do not fit each other
   */
  public static SionnaTrace read(Path file) {
    return new SionnaTrace(file.toString(), NpzFile.read(file));
  }

  /** The trace that the project ships. */
  public static SionnaTrace builtIn() {
    try (InputStream in = SionnaTrace.class.getResourceAsStream(BUILT_IN)) {
      if (in == null) {
        throw new IllegalStateException(BUILT_IN + " is missing from the jar");
      }
      return new SionnaTrace(BUILT_IN, NpzFile.read(BUILT_IN, in));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** T, number of slots. */
  public int slots() {
    return slots;
  }

  /** M, number of devices. */
  public int devices() {
    return devices;
  }

  /** E, number of servers. */
  public int servers() {
    return servers;
  }

  public double slotSeconds() {
    return slotSeconds;
  }

  public double carrierHz() {
    return carrierHz;
  }

  /** Channel power gain in dB. */
  public double gainDb(int slot, int device, int server) {
    return gainDb[(slot * devices + device) * servers + server];
  }

  public Position server(int server) {
    return serverPositions[server];
  }

  public Position device(int slot, int device) {
    int at = 3 * (slot * devices + device);
    return new Position(devicePositions[at], devicePositions[at + 1], devicePositions[at + 2]);
  }

  /**
   * The trace as a channel, from {@code firstSlot} on; after the last slot it walks back.
   *
   * @param subSlots slots of the caller in one slot of the trace
   */
  public Channel channel(int firstSlot, int subSlots) {
    return new TraceChannel(this, firstSlot, subSlots);
  }

  private static NpyArray array(
      String name, Map<String, NpyArray> arrays, String key, int dimensions) {
    NpyArray found = arrays.get(key);
    if (found == null) {
      throw new UserError(
          name
              + " has no array '"
              + key
              + "'; it has "
              + arrays.keySet().stream().sorted().toList());
    }
    if (found.shape().length != dimensions) {
      throw new UserError(
          name
              + ": "
              + key
              + " has the shape "
              + Arrays.toString(found.shape())
              + ", but "
              + dimensions
              + " dimensions were expected");
    }
    return found;
  }

  private static NpyArray sized(
      String name, Map<String, NpyArray> arrays, String key, int[] expected) {
    NpyArray found = array(name, arrays, key, expected.length);
    if (!Arrays.equals(found.shape(), expected)) {
      throw new UserError(
          name
              + ": "
              + key
              + " has the shape "
              + Arrays.toString(found.shape())
              + ", but gain_db asks for "
              + Arrays.toString(expected));
    }
    return found;
  }

  private static double positive(String name, Map<String, NpyArray> arrays, String key) {
    double value = array(name, arrays, key, 0).values()[0];
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new UserError(name + ": " + key + " is " + value + ", but must be positive");
    }
    return value;
  }

  private static void finite(String name, String key, double[] values) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new UserError(name + ": " + key + " holds " + value + ", which is no position");
      }
    }
  }
}
