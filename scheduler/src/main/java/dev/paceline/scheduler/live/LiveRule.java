package dev.paceline.scheduler.live;

/** Decides one slot's shares of one server. */
public interface LiveRule {
  /** A word for tables. */
  String word();

  /**
   * Writes the uplink shares of the server's uploading users and the compute shares of the others.
   *
   * @param members the server's users
   */
  void share(View view, int server, int[] members, double[] uplinkShare, double[] computeShare);
}
