package dev.paceline.draft.core;

import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.VerdictFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Several target servers in order of preference, which may change while texts are on their way. A
 * stream goes to the first that is not known to be away: one that was lost is left alone for a
 * while, twice as long each time, and one that is full for as long as it asked. A server that
 * refuses the request itself is not asked again while there is another. Safe for use by several
 * threads.
 */
public final class ServerSet implements SpeculationTransport {
  private static final long FIRST_PAUSE_NANOS = 250_000_000L;
  private static final int MOST_DOUBLINGS = 5;

  /** Guarded by this. */
  private final List<Member> members;

  private final LongSupplier clock;

  private static final class Member {
    final SpeculationTransport transport;
    int failures;
    boolean away;
    long backAt;
    boolean refuses;

    Member(SpeculationTransport transport) {
      this.transport = transport;
    }
  }

  /**
   * @param transports one for each server, the preferred first; closed with this
   * @param clock nanoseconds
   */
  public ServerSet(List<? extends SpeculationTransport> transports, LongSupplier clock) {
    if (transports.isEmpty()) {
      throw new IllegalArgumentException("no server is given");
    }
    members = transports.stream().map(Member::new).collect(Collectors.toCollection(ArrayList::new));
    this.clock = clock;
  }

  @Override
  public Stream connect(Receiver receiver) {
    Member member = choose();
    try {
      return new Watched(member.transport.connect(new Watch(member, receiver)), member);
    } catch (RuntimeException e) {
      // Against its contract; whoever asked tries again, and then another server.
      failed(member, 0);
      throw e;
    }
  }

  /**
   * Puts a server first: streams go there from now on, and present ones when their {@link
   * Generation} migrates. If it cannot be reached, the others follow in their order.
   *
   * @param server as {@link SpeculationTransport#name} says it
   * @return whether it is one of these servers
   */
  public synchronized boolean prefer(String server) {
    for (Member member : members) {
      if (member.transport.name().equals(server)) {
        members.remove(member);
        members.add(0, member);
        return true;
      }
    }
    return false;
  }

  /**
   * Adds a server that was not known at the start, as the last one.
   *
   * @param transport closed with this
   */
  public synchronized void add(SpeculationTransport transport) {
    members.add(new Member(transport));
  }

  private synchronized Member choose() {
    long now = clock.getAsLong();
    Member best = null;
    for (Member member : members) {
      if (member.refuses) {
        continue;
      }
      if (!member.away || member.backAt - now <= 0) {
        return member;
      }
      if (best == null || member.backAt - best.backAt < 0) {
        best = member;
      }
    }
    return best == null ? members.get(0) : best;
  }

  private synchronized void served(Member member) {
    member.failures = 0;
    member.away = false;
  }

  private synchronized void failed(Member member, long leastNanos) {
    int doublings = Math.min(member.failures++, MOST_DOUBLINGS);
    member.away = true;
    member.backAt = clock.getAsLong() + Math.max(leastNanos, FIRST_PAUSE_NANOS << doublings);
  }

  /** Whether another server may take the request. */
  private synchronized boolean refused(Member member) {
    member.refuses = true;
    return members.stream().anyMatch(other -> !other.refuses);
  }

  @Override
  public void close() {
    List<Member> all;
    synchronized (this) {
      all = List.copyOf(members);
    }
    all.forEach(member -> member.transport.close());
  }

  /** Learns that a server went silent. */
  private final class Watched implements Stream {
    private final Stream stream;
    private final Member member;

    Watched(Stream stream, Member member) {
      this.stream = stream;
      this.member = member;
    }

    @Override
    public int open(OpenFrame frame) {
      return stream.open(frame);
    }

    @Override
    public int draft(DraftFrame frame) {
      return stream.draft(frame);
    }

    @Override
    public void cancel() {
      stream.cancel();
    }

    @Override
    public void doubt() {
      failed(member, 0);
      stream.doubt();
    }

    @Override
    public void abandon() {
      stream.abandon();
    }
  }

  /** Hands a stream's answers on and learns from its end. */
  private final class Watch implements Receiver {
    private final Member member;
    private final Receiver receiver;

    Watch(Member member, Receiver receiver) {
      this.member = member;
      this.receiver = receiver;
    }

    @Override
    public void opened(OpenedFrame frame) {
      served(member);
      receiver.opened(frame);
    }

    @Override
    public void verdict(VerdictFrame frame) {
      receiver.verdict(frame);
    }

    @Override
    public void finished(FinishedFrame frame) {
      receiver.finished(frame);
    }

    @Override
    public void lost(String sentence) {
      failed(member, 0);
      receiver.lost(sentence);
    }

    @Override
    public void busy(String sentence, long retryAfterMillis) {
      failed(member, Math.min(retryAfterMillis, 3_600_000L) * 1_000_000L);
      receiver.busy(sentence, retryAfterMillis);
    }

    @Override
    public void refused(String sentence) {
      if (ServerSet.this.refused(member)) {
        receiver.lost(sentence);
      } else {
        receiver.refused(sentence);
      }
    }
  }
}
