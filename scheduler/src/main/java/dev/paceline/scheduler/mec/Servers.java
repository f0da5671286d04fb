package dev.paceline.scheduler.mec;

/**
 * What a slot's problem knows of its servers; one element per server.
 *
 * @param gflopPerMs F^ES
 * @param waitMs k · κ of Eq. 6, the time until queued work is done
 * @param sessionCapacity most sessions whose key-value cache fits
 */
public record Servers(double[] gflopPerMs, double[] waitMs, int[] sessionCapacity) {

  /** Number of servers. */
  public int count() {
    return gflopPerMs.length;
  }

  /** The servers of a scenario with given queues. */
  public static Servers of(Scenario scenario, double[] queuedGflop) {
    int count = scenario.servers();
    Servers servers = new Servers(new double[count], new double[count], new int[count]);
    for (int j = 0; j < count; j++) {
      ServerType type = Scenario.serverType(j);
      servers.gflopPerMs[j] = scenario.workload().compute().serverGflopPerMs(type);
      servers.waitMs[j] =
          ServerQueue.waitMs(queuedGflop[j], servers.gflopPerMs[j], scenario.objective().slotMs());
      servers.sessionCapacity[j] = type.sessionCapacity();
    }
    return servers;
  }
}
