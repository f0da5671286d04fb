package dev.paceline.scheduler.mec;

/** Channel gains over time between every device and every server. */
public interface Channel {
  /** Number of devices, M. */
  int devices();

  /** Number of servers, E. */
  int servers();

  /**
   * Total power gain g_ij = |h_ij|² in dB for isotropic antennas: path loss, shadowing and, where
   * the source has it, small-scale fading.
   */
  double gainDb(int device, int server);

  /** Goes to the next slot. */
  void advance();
}
