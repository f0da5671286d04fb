package dev.paceline.scheduler.live;

import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.association.Insertion;
import dev.paceline.scheduler.association.Migration;
import dev.paceline.scheduler.mec.Channel;
import dev.paceline.scheduler.mec.Device;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.Servers;
import dev.paceline.scheduler.mec.SlotProblem;
import dev.paceline.scheduler.mec.Task;
import dev.paceline.scheduler.mec.TaskKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Devices that ask, wait and ask again, in slots of length τ.
 *
 * <p>A task is drafted by the device while its tokens are uploaded, then verified by its server;
 * its latency is the pipeline latency of one slot's model, if shares stay what they are. Shares
 * unused within a slot go to the other users of the same server and resource, as the real uplink
 * and the real batcher do. Associations are made on arrival; they are kept, or with a finite {@link
 * LiveConfig#migrationMs} changed where the problem of the slot gains more than that.
 *
 * <p>The k-th task of a device and the pause before it depend on the seed alone, not on decisions:
 * different rules see common random numbers.
 */
public final class LiveSystem {
  private final LiveConfig config;
  private final Scenario scenario;
  private final Channel channel;
  private final Device[] devices;
  private final SplittableRandom[] streams;
  private final double[] nextArrivalMs;
  private final List<Session> sessions = new ArrayList<>();
  private final List<double[]> gainHistory = new ArrayList<>();
  private final List<Double> latenciesMs = new ArrayList<>();
  private double nowMs;
  private double energyMillijoules;
  private int moves;

  /** A system whose devices are all thinking. */
  public LiveSystem(LiveConfig config, Channel channel, long seed) {
    this.config = config;
    this.scenario = config.scenario();
    this.channel = channel;
    SplittableRandom random = new SplittableRandom(seed);
    devices = scenario.drawDevices(random.split());
    streams = new SplittableRandom[devices.length];
    nextArrivalMs = new double[devices.length];
    for (int i = 0; i < devices.length; i++) {
      streams[i] = random.split();
      nextArrivalMs[i] = think(i);
    }
    remember();
  }

  /** Latencies of the tasks answered so far, in ms. */
  public double[] latenciesMs() {
    return latenciesMs.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Uplink energy spent so far in mJ. */
  public double energyMillijoules() {
    return energyMillijoules;
  }

  /** Moves of sessions so far. */
  public int moves() {
    return moves;
  }

  /** Sessions in flight. */
  public int inFlight() {
    return sessions.size();
  }

  /** Admits the tasks that have arrived, gives them servers, and says what there is to decide. */
  public View observe() {
    for (int i = 0; i < devices.length; i++) {
      if (nextArrivalMs[i] <= nowMs) {
        sessions.add(admit(i));
        nextArrivalMs[i] = Double.POSITIVE_INFINITY;
      }
    }
    int count = sessions.size();
    int[] server = new int[count];
    boolean[] uploading = new boolean[count];
    double[] age = new double[count];
    @Nullable TaskKind[] kind = new TaskKind[count];
    for (int i = 0; i < count; i++) {
      Session session = sessions.get(i);
      server[i] = session.server;
      uploading[i] = session.uploading();
      age[i] = session.latencyMs(nowMs);
      kind[i] = session.task.kind();
    }
    SlotProblem problem = LiveProblem.of(scenario, devices, sessions, gainHistory.get(0));
    Insertion.insert(problem, server);
    boolean[] movable = new boolean[count];
    for (int i = 0; i < count; i++) {
      movable[i] = sessions.get(i).server >= 0;
      sessions.get(i).server = server[i];
    }
    if (Double.isFinite(config.migrationMs())) {
      migrate(problem, server, movable);
    }
    return new View(problem, server, uploading, age, kind);
  }

  private void migrate(SlotProblem problem, int[] server, boolean[] movable) {
    Migration.move(problem, server, movable, config.migrationMs());
    for (int i = 0; i < server.length; i++) {
      Session session = sessions.get(i);
      if (session.server != server[i]) {
        session.server = server[i];
        session.readyMs = nowMs + config.migrationMs();
        moves++;
      }
    }
  }

  private Session admit(int device) {
    Task task = Task.draw(streams[device]);
    double draftMs = scenario.workload().compute().deviceMs(devices[device].type(), task);
    double bits =
        scenario.workload().payload().bits(task.draftedTokens(), scenario.workload().draftLength());
    return new Session(device, task, nextArrivalMs[device], draftMs, bits);
  }

  /**
   * Runs one slot.
   *
   * @return cost of every server in user-slots: the time its users spent in the system plus the
   *     weighted energy, in units of a slot
   */
  public double[] step(View view, double[] uplinkShare, double[] computeShare) {
    double slotMs = scenario.objective().slotMs();
    channel.advance();
    double[] cost = new double[scenario.servers()];
    Servers servers = view.problem().servers();
    Groups groups = Groups.of(view.server(), scenario.servers());
    double[] doneMs = new double[sessions.size()];
    Arrays.fill(doneMs, Double.POSITIVE_INFINITY);
    for (int j = 0; j < scenario.servers(); j++) {
      int[] members = groups.members(j);
      energyMillijoules += upload(j, members, uplinkShare, slotMs, cost);
      verify(servers.gflopPerMs()[j], members, view.uploading(), computeShare, slotMs, doneMs);
      for (int i : members) {
        cost[j] += Math.min(slotMs, doneMs[i]) / slotMs;
      }
    }
    leave(doneMs);
    nowMs += slotMs;
    remember();
    return cost;
  }

  private double upload(int server, int[] members, double[] share, double slotMs, double[] cost) {
    int[] active = Arrays.stream(members).filter(i -> sessions.get(i).uploading()).toArray();
    double[] work = new double[active.length];
    double[] weight = new double[active.length];
    double[] bitsPerMs = new double[active.length];
    for (int a = 0; a < active.length; a++) {
      Session session = sessions.get(active[a]);
      bitsPerMs[a] =
          LiveProblem.bitsPerMs(
              scenario, devices[session.device], channel.gainDb(session.device, server));
      work[a] = session.bitsLeft / bitsPerMs[a];
      weight[a] = session.bitsLeft > 0 ? share[active[a]] : 0;
      session.draftMsLeft = Math.max(0, session.draftMsLeft - slotMs);
    }
    double[] done = Fluid.run(work, weight, slotMs);
    double energy = 0;
    for (int a = 0; a < active.length; a++) {
      Session session = sessions.get(active[a]);
      Device device = devices[session.device];
      double sentMs = Math.min(slotMs, done[a]);
      if (session.bitsLeft > 0) {
        double spent =
            scenario.objective().energy().millijoulesPerMs(device.transmitWatt()) * sentMs;
        energy += spent;
        cost[server] +=
            scenario.objective().energyWeightMsPerMillijoule() * spent / device.battery() / slotMs;
        devices[session.device] = device.drained(spent / 1000);
      }
      session.bitsLeft = work[a] * bitsPerMs[a] < 1e-6 ? 0 : work[a] * bitsPerMs[a];
    }
    return energy;
  }

  private void verify(
      double gflopPerMs,
      int[] members,
      boolean[] uploading,
      double[] share,
      double slotMs,
      double[] doneMs) {
    int[] active = Arrays.stream(members).filter(i -> !uploading[i]).toArray();
    double[] work = new double[active.length];
    double[] weight = new double[active.length];
    double[] startMs = new double[active.length];
    for (int a = 0; a < active.length; a++) {
      work[a] = sessions.get(active[a]).gflopLeft / gflopPerMs;
      weight[a] = share[active[a]];
      startMs[a] = Math.min(slotMs, Math.max(0, sessions.get(active[a]).readyMs - nowMs));
    }
    double[] done = Fluid.run(work, weight, startMs, slotMs);
    for (int a = 0; a < active.length; a++) {
      Session session = sessions.get(active[a]);
      double left = done[a] <= slotMs ? 0 : work[a] * gflopPerMs;
      session.gflopDone += session.gflopLeft - left;
      session.gflopLeft = left;
      doneMs[active[a]] = done[a];
    }
  }

  private void leave(double[] doneMs) {
    double slotMs = scenario.objective().slotMs();
    for (int i = sessions.size() - 1; i >= 0; i--) {
      if (sessions.get(i).done()) {
        Session session = sessions.remove(i);
        double finished = nowMs + Math.min(slotMs, doneMs[i]);
        latenciesMs.add(session.latencyMs(finished));
        nextArrivalMs[session.device] = finished + think(session.device);
      }
    }
  }

  private double think(int device) {
    return -config.meanThinkMs() * Math.log1p(-streams[device].nextDouble());
  }

  private void remember() {
    double[] gains = new double[devices.length * scenario.servers()];
    for (int i = 0; i < devices.length; i++) {
      for (int j = 0; j < scenario.servers(); j++) {
        gains[i * scenario.servers() + j] = channel.gainDb(i, j);
      }
    }
    gainHistory.add(gains);
    while (gainHistory.size() > config.staleSlots() + 1) {
      gainHistory.remove(0);
    }
  }
}
