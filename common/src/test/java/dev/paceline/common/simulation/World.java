package dev.paceline.common.simulation;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.verification.VerificationMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Servers, clients and links around one virtual clock. */
public final class World {
  private final VirtualTime time = new VirtualTime();
  private final long seed;
  private final Random random;
  private final SyntheticPair pair;
  private final SessionLimits limits;
  private final long deadline;
  private final List<SimulatedServer> servers = new ArrayList<>();
  private final List<SimulatedClient> clients = new ArrayList<>();
  private final List<int[]> references = new ArrayList<>();
  private final List<FinishReason> ends = new ArrayList<>();
  private final List<Invariant> invariants = Invariants.all();

  /**
   * @param deadline virtual time by which every session has ended
   */
  public World(long seed, SyntheticPair pair, SessionLimits limits, long deadline) {
    this.seed = seed;
    this.random = new Random(seed);
    this.pair = pair;
    this.limits = limits;
    this.deadline = deadline;
  }

  VirtualTime time() {
    return time;
  }

  Random random() {
    return random;
  }

  SyntheticPair pair() {
    return pair;
  }

  long deadline() {
    return deadline;
  }

  List<SimulatedServer> servers() {
    return servers;
  }

  List<SimulatedClient> clients() {
    return clients;
  }

  /** Adds a server; before the clients. */
  public World server(DeviceProfile device) {
    servers.add(new SimulatedServer(time, pair, limits, device));
    return this;
  }

  /** Adds a client that starts at a time. */
  SimulatedClient client(
      DecodeMode mode,
      DraftOptions options,
      LinkProfile link,
      long draftNanos,
      int promptLength,
      int maxTokens,
      long start) {
    int[] prompt = new int[promptLength];
    Arrays.setAll(prompt, i -> 1 + random.nextInt(1000));
    OpenFrame open =
        new OpenFrame(
            "",
            new byte[0],
            prompt,
            new int[0],
            SamplingParams.GREEDY,
            maxTokens,
            new int[] {SyntheticPair.STOP},
            mode,
            VerificationMode.COUPLED,
            "client " + clients.size());
    addReference(open);
    SimulatedClient client = new SimulatedClient(this, open, options, link, draftNanos);
    clients.add(client);
    time.at(start, client::start);
    return client;
  }

  private void addReference(OpenFrame open) {
    long prefix = pair.empty();
    for (int id : open.prompt()) {
      prefix = pair.extend(prefix, id);
    }
    int most = Math.min(open.maxTokens(), limits.maxTokens());
    int room = limits.contextLength() - open.prompt().length;
    int[] output = new int[Math.min(most, room)];
    FinishReason end = most <= room ? FinishReason.LENGTH : FinishReason.CONTEXT;
    int length = 0;
    while (length < output.length) {
      int id = pair.target(prefix);
      prefix = pair.extend(prefix, id);
      output[length++] = id;
      if (open.stopsAt(id)) {
        end = FinishReason.STOP;
        break;
      }
    }
    references.add(Arrays.copyOf(output, length));
    ends.add(end);
  }

  /** What the target writes alone for a client. */
  int[] reference(int client) {
    return references.get(client);
  }

  /** Why the target alone would end. */
  FinishReason referenceEnd(int client) {
    return ends.get(client);
  }

  boolean settled() {
    for (SimulatedClient client : clients) {
      if (client.outcome() == null) {
        return false;
      }
    }
    return true;
  }

  String unfinished() {
    StringBuilder text = new StringBuilder();
    for (int c = 0; c < clients.size(); c++) {
      SimulatedClient client = clients.get(c);
      if (client.outcome() == null) {
        text.append("client ")
            .append(c)
            .append(" (")
            .append(client.open.mode())
            .append(") has ")
            .append(client.output().length())
            .append(" of ")
            .append(references.get(c).length)
            .append(" tokens; ");
      }
    }
    return text.toString();
  }

  /** Runs until nothing happens any more and checks every invariant after every event. */
  public void run() {
    String checking = "an event";
    try {
      while (time.step()) {
        for (Invariant invariant : invariants) {
          checking = invariant.name();
          invariant.afterEvent(this);
        }
        checking = "an event";
      }
      for (Invariant invariant : invariants) {
        checking = invariant.name();
        invariant.atEnd(this);
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed "
              + seed
              + " at "
              + time.now() / 1_000_000
              + " ms, "
              + checking
              + ": "
              + e.getMessage(),
          e);
    }
  }
}
