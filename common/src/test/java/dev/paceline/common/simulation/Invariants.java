package dev.paceline.common.simulation;

import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.draft.DraftOutcome;
import java.util.List;

/**
 * The named invariants of the system. Each is made anew for a run; some remember how far they read.
 */
public final class Invariants {
  private Invariants() {}

  /** All of them. */
  public static List<Invariant> all() {
    return List.of(
        new OutputEqualsTargetAlone(),
        new NoTokenLostOrRepeated(),
        new EverySessionEnds(),
        new NothingRetained(),
        new EpochsConverge(),
        new WindowRespected(),
        new DraftsFitTheirPrefix(),
        new FewDraftsDropped());
  }

  /** What a client puts out is what the target writes alone, token for token. */
  static final class OutputEqualsTargetAlone implements Invariant {
    private int[] read = new int[0];

    @Override
    public void afterEvent(World world) {
      List<SimulatedClient> clients = world.clients();
      if (read.length < clients.size()) {
        read = new int[clients.size()];
      }
      for (int c = 0; c < clients.size(); c++) {
        SimulatedClient client = clients.get(c);
        int[] reference = world.reference(c);
        for (; read[c] < client.output().length(); read[c]++) {
          int i = read[c];
          require(
              i < reference.length && reference[i] == client.output().get(i),
              "client %d put out %d as token %d, the target alone %s",
              c,
              client.output().get(i),
              i,
              i < reference.length ? reference[i] : "nothing");
        }
      }
    }

    @Override
    public void atEnd(World world) {
      for (int c = 0; c < world.clients().size(); c++) {
        SimulatedClient client = world.clients().get(c);
        DraftOutcome outcome = outcome(client, c);
        if (outcome.reason() != FinishReason.CANCELLED) {
          require(
              outcome.reason() == world.referenceEnd(c)
                  && client.output().length() == world.reference(c).length,
              "client %d ended by %s after %d tokens (%s), the target alone by %s after %d",
              c,
              outcome.reason(),
              client.output().length(),
              outcome.sentence(),
              world.referenceEnd(c),
              world.reference(c).length);
        }
      }
    }
  }

  /** Output positions follow each other, and every action of a client session makes sense. */
  static final class NoTokenLostOrRepeated implements Invariant {
    @Override
    public void afterEvent(World world) {
      for (int c = 0; c < world.clients().size(); c++) {
        String complaint = world.clients().get(c).complaint();
        require(complaint.isEmpty(), "client %d %s", c, complaint);
      }
    }

    @Override
    public void atEnd(World world) {
      for (int c = 0; c < world.clients().size(); c++) {
        DraftOutcome outcome = outcome(world.clients().get(c), c);
        require(
            outcome.statistics().output() == world.clients().get(c).output().length(),
            "client %d counted %d tokens of %d",
            c,
            outcome.statistics().output(),
            world.clients().get(c).output().length());
        require(
            outcome.statistics().disagreements() == 0,
            "client %d was told other tokens for positions it had put out",
            c);
      }
    }
  }

  /** Every session ends before the end of time; no state waits for an event that never comes. */
  static final class EverySessionEnds implements Invariant {
    @Override
    public void afterEvent(World world) {
      require(
          world.time().now() <= world.deadline() || world.settled(),
          "at the end of time %s",
          world.unfinished());
    }

    @Override
    public void atEnd(World world) {
      require(world.settled(), "nothing happens any more, but %s", world.unfinished());
    }
  }

  /**
   * No server keeps a session, a slot or a queue entry, and no drafter a request, after the end.
   */
  static final class NothingRetained implements Invariant {
    @Override
    public void afterEvent(World world) {}

    @Override
    public void atEnd(World world) {
      for (SimulatedServer server : world.servers()) {
        require(server.retained().isEmpty(), "a server still has %s", server.retained());
      }
      for (SimulatedClient client : world.clients()) {
        require(!client.drafting(), "a drafter still works");
      }
    }
  }

  /**
   * The client finds every contradiction that the server finds: it never has to take an epoch over,
   * and when no frame is under way it is not behind the server.
   */
  static final class EpochsConverge implements Invariant {
    @Override
    public void afterEvent(World world) {
      for (int c = 0; c < world.clients().size(); c++) {
        SimulatedClient client = world.clients().get(c);
        require(
            client.session().statistics().adoptedEpochs() == 0,
            "client %d took an epoch over from the server",
            c);
        ServedSession served = client.served();
        SimulatedLink link = client.link();
        if (served != null
            && link != null
            && link.open()
            && !link.silent()
            && link.framesInFlight() == 0) {
          require(
              served.session().epoch() <= client.session().epoch(),
              "client %d is at epoch %d, the server at %d, and no frame is under way",
              c,
              client.session().epoch(),
              served.session().epoch());
        }
      }
    }
  }

  /** Drafts in flight never exceed the window, nor those that wait the server's limit. */
  static final class WindowRespected implements Invariant {
    @Override
    public void afterEvent(World world) {
      for (int c = 0; c < world.clients().size(); c++) {
        SimulatedClient client = world.clients().get(c);
        // In PEARL the window is the length of a block; two are in flight in post-verify.
        int blocks = client.open.mode() == DecodeMode.PEARL ? 2 : 1;
        require(
            client.session().inFlight() <= blocks * client.options.window(),
            "client %d has %d drafts in flight, the window is %d",
            c,
            client.session().inFlight(),
            client.options.window());
      }
      for (SimulatedServer server : world.servers()) {
        for (ServedSession served : server.sessions()) {
          require(
              served.session().pendingDrafts() <= server.limits.maxWindow(),
              "a session keeps %d drafts, the limit is %d",
              served.session().pendingDrafts(),
              server.limits.maxWindow());
        }
      }
    }
  }

  /** A step judges a draft only after the very tokens it was drafted for. */
  static final class DraftsFitTheirPrefix implements Invariant {
    @Override
    public void afterEvent(World world) {
      for (SimulatedServer server : world.servers()) {
        require(server.complaints().isEmpty(), "a session %s", server.complaints());
      }
    }
  }

  /**
   * Each epoch costs the drafts in flight and no more: on a link that repeats nothing, streaming
   * drops at most a window of drafts per epoch. (A client in SYNC repeats a block that was judged
   * in parts.)
   */
  static final class FewDraftsDropped implements Invariant {
    @Override
    public void afterEvent(World world) {
      for (int c = 0; c < world.clients().size(); c++) {
        SimulatedClient client = world.clients().get(c);
        ServedSession served = client.served();
        if (served != null && client.open.mode() == DecodeMode.STREAM && client.repeatsNothing()) {
          long dropped = served.session().statistics().staleDropped();
          long most = (served.session().epoch() + 1L) * client.options.window();
          require(
              dropped <= most,
              "client %d had %d drafts dropped in %d epochs with window %d",
              c,
              dropped,
              served.session().epoch() + 1,
              client.options.window());
        }
      }
    }
  }

  private static DraftOutcome outcome(SimulatedClient client, int index) {
    DraftOutcome outcome = client.outcome();
    if (outcome == null) {
      throw new AssertionError("client " + index + " has not ended");
    }
    return outcome;
  }

  private static void require(boolean holds, String format, Object... values) {
    if (!holds) {
      throw new AssertionError(String.format(format, values));
    }
  }
}
