package dev.paceline.common.speculation.draft;

import dev.paceline.common.link.TokenBucket;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.control.Pilot;

/**
 * What leaves a client, and when: requests, drafts one by one or as a block, and the word that the
 * server is to draft; at most as fast as the shaped uplink allows. While that has no room, drafts
 * wait in the chain: later ones join them, and those of a contradicted chain never cost a byte.
 */
final class DraftSender {
  private final OpenFrame open;
  private final DraftChain chain;
  private final DraftWindow window;
  private final Pilot pilot;
  private final Contact contact;
  private final DraftStatistics statistics;
  private final DraftActions actions;
  private final TokenBucket uplink;
  private boolean awaitsUplink;
  private boolean awaitsVerdict;
  private boolean handedOver;

  DraftSender(
      OpenFrame open,
      double uplinkBitsPerSecond,
      DraftChain chain,
      DraftWindow window,
      Pilot pilot,
      Contact contact,
      DraftStatistics statistics,
      DraftActions actions) {
    this.open = open;
    this.chain = chain;
    this.window = window;
    this.pilot = pilot;
    this.contact = contact;
    this.statistics = statistics;
    this.actions = actions;
    uplink = new TokenBucket(uplinkBitsPerSecond, 0);
    pilot.uplink(uplinkBitsPerSecond);
  }

  /** A new stream: nothing that was sent on another one is under way. */
  void newStream() {
    awaitsVerdict = false;
    handedOver = false;
    awaitsUplink = false;
  }

  /** Sends the request that begins a stream. */
  void sendOpen(OpenFrame request, long now) {
    int bytes = actions.sendOpen(request);
    pilot.opening(bytes, now);
    uplink.charge(bytes, now);
  }

  /** A verdict with output came. */
  void answered() {
    awaitsVerdict = false;
  }

  /** Whether a block is out whose verdict says what to draft next. */
  boolean awaitsVerdict() {
    return awaitsVerdict;
  }

  /** Whether something waits for room in the uplink. */
  boolean awaitsUplink() {
    return awaitsUplink;
  }

  /** When the uplink has room. */
  long readyAt(long now) {
    return uplink.readyAt(now);
  }

  /** Shapes to another rate from now on; 0 for no limit. */
  void rate(double bitsPerSecond, long now) {
    uplink.rate(bitsPerSecond, now);
    pilot.uplink(bitsPerSecond);
  }

  /**
   * Sends what should leave now.
   *
   * @param more whether another draft is going to be made
   */
  void send(DraftState state, boolean more, long now) {
    handOver(state, now);
    if (open.mode() != DecodeMode.STREAM) {
      sendBlock(state, now);
      return;
    }
    boolean online = state == DraftState.OPENING || state == DraftState.DECODING;
    if (online
        && (!more && !chain.asking() || pilot.sendNow(chain.unsent(), now))
        && maySend(now)) {
      DraftFrame unsent = chain.takeUnsent(window.size());
      if (unsent != null) {
        handedOver = false;
        send(unsent, now);
      }
    }
  }

  /** Tells the server, once, that it is to draft; this client's next draft takes that back. */
  private void handOver(DraftState state, long now) {
    if (open.mode() == DecodeMode.STREAM
        && state == DraftState.DECODING
        && !handedOver
        && pilot.handsOver()
        && maySend(now)) {
      handedOver = true;
      send(new DraftFrame(chain.epoch(), chain.verified(), new int[0]), now);
    }
  }

  private void sendBlock(DraftState state, long now) {
    if (state != DraftState.DECODING
        || awaitsVerdict
        || chain.inFlight() < window.wanted(chain)
        || !maySend(now)) {
      return;
    }
    awaitsVerdict = true;
    if (open.mode() == DecodeMode.PEARL) {
      send(chain.takeNext(Math.min(chain.unsent(), window.size())), now);
    } else {
      send(chain.takeBlock(Math.min(chain.inFlight(), window.size())), now);
    }
  }

  private boolean maySend(long now) {
    awaitsUplink = chain.inFlight() > 0 && uplink.readyAt(now) > now;
    return !awaitsUplink;
  }

  private void send(DraftFrame frame, long now) {
    contact.active(now);
    statistics.addSent(frame.ids().length);
    int bytes = actions.sendDraft(frame);
    pilot.sent(frame, bytes, now);
    uplink.charge(bytes, now);
  }
}
