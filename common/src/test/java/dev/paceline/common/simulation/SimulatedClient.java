package dev.paceline.common.simulation;

import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.TokenSequence;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.speculation.draft.DraftActions;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.speculation.draft.DraftRequest;
import dev.paceline.common.speculation.draft.DraftSession;
import dev.paceline.common.speculation.draft.OutputRun;
import dev.paceline.common.speculation.draft.Provenance;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A {@link DraftSession} with its drafter and its connections. */
final class SimulatedClient implements DraftActions {
  final OpenFrame open;
  final DraftOptions options;
  private final VirtualTime time;
  private final List<SimulatedServer> servers;
  private final LinkProfile profile;
  private final Random random;
  private final SyntheticPair pair;
  private final SyntheticCache cache;
  private final long draftNanos;
  private final DraftSession session;
  private final TokenSequence output = new TokenSequence();
  private final Map<Integer, Set<Integer>> draftedAt = new HashMap<>();
  private double hiccups;
  private boolean broken;
  private @Nullable SimulatedLink link;
  private @Nullable ServedSession served;
  private @Nullable DraftOutcome outcome;
  private @Nullable DraftRequest asked;
  private String complaint = "";
  private int connection;
  private long doneAt;

  SimulatedClient(
      World world, OpenFrame open, DraftOptions options, LinkProfile profile, long draftNanos) {
    this.open = open;
    this.options = options;
    this.time = world.time();
    this.servers = world.servers();
    this.pair = world.pair();
    this.random = world.random();
    this.profile = profile;
    this.draftNanos = draftNanos;
    cache = new SyntheticCache(pair);
    session = new DraftSession(open, options, this);
  }

  DraftSession session() {
    return session;
  }

  TokenSequence output() {
    return output;
  }

  @Nullable DraftOutcome outcome() {
    return outcome;
  }

  @Nullable SimulatedLink link() {
    return link;
  }

  @Nullable ServedSession served() {
    return served;
  }

  boolean drafting() {
    return asked != null;
  }

  /** What was wrong with an action of the session; empty when nothing was. */
  String complaint() {
    return complaint;
  }

  long doneAt() {
    return doneAt;
  }

  boolean repeatsNothing() {
    return profile.duplicates == 0;
  }

  /** The draft model fails for good. */
  void breakDrafter() {
    broken = true;
    asked = null;
    session.drafterFailed(time.now());
  }

  /** Makes some drafts take far longer. */
  void hiccups(double chance) {
    hiccups = chance;
  }

  void start() {
    session.start(time.now());
  }

  @Override
  public void connect(long delayNanos) {
    closeLink();
    int attempt = ++connection;
    SimulatedServer server = servers.get(random.nextInt(servers.size()));
    time.after(delayNanos + 2 * profile.delayNanos, () -> connected(attempt, server));
  }

  private void connected(int attempt, SimulatedServer server) {
    if (attempt != connection) {
      return;
    }
    if (!server.up()) {
      session.connectionLost("no server there", time.now());
      return;
    }
    SimulatedLink fresh = new SimulatedLink(time, profile, random);
    link = fresh;
    fresh.clientEnd(this::frame, () -> lost(attempt));
    fresh.serverEnd(
        first -> {
          if (!server.up()) {
            fresh.cut(profile.delayNanos);
            return;
          }
          ServedSession accepted = server.accept((OpenFrame) first, fresh);
          fresh.serverEnd(accepted::frame, accepted::lost);
          if (attempt == connection) {
            served = accepted;
          }
        },
        () -> {});
    session.connectionReady(time.now());
  }

  private void lost(int attempt) {
    if (attempt == connection) {
      session.connectionLost("connection reset", time.now());
    }
  }

  private void frame(Object frame) {
    if (frame instanceof OpenedFrame) {
      session.opened((OpenedFrame) frame, time.now());
    } else if (frame instanceof VerdictFrame) {
      session.verdict((VerdictFrame) frame, time.now());
    } else {
      session.finished((FinishedFrame) frame, time.now());
    }
  }

  private void closeLink() {
    served = null;
    if (link != null) {
      link.closedByClient();
      link = null;
    }
  }

  @Override
  public int sendOpen(OpenFrame frame) {
    return send(frame, 40 + 2 * (frame.prompt().length + frame.resume().length));
  }

  @Override
  public int sendDraft(DraftFrame frame) {
    return send(frame, 16 + 2 * frame.ids().length);
  }

  @Override
  public void sendCancel() {
    send(ServedSession.CANCEL, 8);
  }

  private int send(Object frame, int bytes) {
    if (link == null) {
      complaint = "sends without a connection: " + frame;
    } else {
      link.toServer(frame, bytes);
    }
    return bytes;
  }

  @Override
  public void draftNext(DraftRequest request) {
    if (broken) {
      complaint = "asks a broken drafter for " + request;
    }
    if (asked != null) {
      complaint = "asks for " + request + " while " + asked + " is outstanding";
    }
    asked = request;
    long feeding = draftNanos / 10 * (request.feed().length - 1);
    long hiccup = random.nextDouble() < hiccups ? 20 * draftNanos : 0;
    time.after(draftNanos + feeding + hiccup, () -> drafted(request));
  }

  private void drafted(DraftRequest request) {
    if (broken) {
      return;
    }
    asked = null;
    cache.truncate(request.keep());
    for (int id : request.feed()) {
      cache.feed(id);
    }
    int id = pair.draft(cache.prefix());
    draftedAt.computeIfAbsent(request.position(), p -> new HashSet<>()).add(id);
    float logProbability = (float) Math.log(Math.max(1e-9, pair.confidence(cache.prefix())));
    session.drafted(request, id, logProbability, time.now());
  }

  @Override
  public void emit(OutputRun run) {
    int expected = open.prompt().length + output.length();
    if (run.firstPosition() != expected) {
      complaint = "puts out position " + run.firstPosition() + " after " + (expected - 1);
    }
    if (run.ids().length == 0) {
      complaint = "puts out nothing";
    }
    for (int i = 0; i < run.ids().length; i++) {
      int position = run.firstPosition() + i;
      if (run.provenance(i) == Provenance.DRAFTED_ACCEPTED
          && !draftedAt.getOrDefault(position, Set.of()).contains(run.ids()[i])) {
        complaint = "calls the token at " + position + " accepted, but never drafted it";
      }
      output.add(run.ids()[i]);
    }
  }

  @Override
  public void wakeAt(long nanos) {
    time.at(nanos, () -> session.tick(time.now()));
  }

  @Override
  public void done(DraftOutcome result) {
    if (outcome != null) {
      complaint = "is done twice";
    }
    outcome = result;
    doneAt = time.now();
    closeLink();
    connection++;
  }
}
