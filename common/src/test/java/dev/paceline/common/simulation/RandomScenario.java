package dev.paceline.common.simulation;

import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.control.ControlOptions;
import dev.paceline.common.speculation.draft.DraftOptions;
import java.util.Random;

/** A world drawn from a seed: good and bad links, fast and slow phones, and faults. */
final class RandomScenario {
  private static final long MS = 1_000_000;
  private static final long END_OF_TIME = 20 * 60 * 1000 * MS;

  private RandomScenario() {}

  static World of(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L);
    double agreement = new double[] {0, 0.3, 0.6, 0.8, 0.9, 1}[random.nextInt(6)];
    SyntheticPair pair = new SyntheticPair(seed, agreement, random.nextInt(3) == 0 ? 0.02 : 0);
    SessionLimits limits =
        new SessionLimits(40 + random.nextInt(100), random.nextInt(20), 20 + random.nextInt(80));
    World world = new World(seed, pair, limits, END_OF_TIME);
    int servers = 1 + random.nextInt(3);
    for (int s = 0; s < servers; s++) {
      world.server(
          new DeviceProfile(
                  (1 + random.nextInt(100)) * MS,
                  random.nextInt(2000) * 1000L,
                  1 + random.nextInt(40),
                  1 + random.nextInt(6))
              .withDraft(random.nextInt(2) * (1 + random.nextInt(20)) * MS));
    }
    if (random.nextInt(4) == 0) {
      world.servers().get(0).mergeVerdicts();
    }
    int clients = 1 + random.nextInt(6);
    for (int c = 0; c < clients; c++) {
      client(world, random);
    }
    if (random.nextInt(3) > 0) {
      faults(world, random);
    }
    return world;
  }

  private static void client(World world, Random random) {
    DecodeMode mode = DecodeMode.values()[random.nextInt(DecodeMode.values().length)];
    LinkProfile link =
        new LinkProfile(
            random.nextInt(100) * MS,
            random.nextInt(4) == 0 ? 50 * MS : MS,
            random.nextInt(4) == 0 ? 500 : 1e6,
            random.nextInt(3) == 0 ? 0.2 : 0);
    DraftOptions options =
        new DraftOptions(random.nextInt(24), 1_000_000, 20 * MS, 500 * MS, 15_000 * MS);
    if (random.nextInt(3) == 0) {
      options = options.withControl(control(random));
    }
    SimulatedClient client =
        world.client(
            mode,
            options,
            link,
            (1 + random.nextInt(random.nextInt(4) == 0 ? 500 : 30)) * MS,
            1 + random.nextInt(30),
            1 + random.nextInt(80),
            random.nextInt(500) * MS);
    if (random.nextInt(3) == 0) {
      client.hiccups(0.1);
    }
    if (random.nextInt(8) == 0) {
      long when = random.nextInt(2000) * MS;
      world.time().at(when, () -> client.session().cancel(world.time().now()));
    }
  }

  private static ControlOptions control(Random random) {
    double price = random.nextInt(3) == 0 ? random.nextInt(50) * MS : 0;
    double uplink = random.nextInt(3) == 0 ? 100 + random.nextInt(5000) : 0;
    return new ControlOptions(() -> price, () -> price / 100, () -> uplink, decision -> {});
  }

  private static void faults(World world, Random random) {
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      long when = random.nextInt(4000) * MS;
      int kind = random.nextInt(7);
      SimulatedServer server = world.servers().get(random.nextInt(world.servers().size()));
      SimulatedClient client = world.clients().get(random.nextInt(world.clients().size()));
      long notice = random.nextInt(300) * MS;
      world.time().at(when, () -> fault(world, kind, server, client, notice));
    }
  }

  private static void fault(
      World world, int kind, SimulatedServer server, SimulatedClient client, long notice) {
    SimulatedLink link = client.link();
    if (kind == 0 && server.up()) {
      server.crash(notice);
      world.time().after(10 * notice, server::restart);
    } else if (kind == 1) {
      server.drain();
    } else if (kind == 2) {
      client.session().migrate(world.time().now());
    } else if (kind == 4) {
      client.breakDrafter();
    } else if (kind == 3 && link != null) {
      link.blackhole(2 * notice);
    } else if (link != null) {
      link.cut(notice);
    }
  }
}
