package dev.paceline.draft.core;

import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.VerdictFrame;

/** Streams to target servers. */
public interface SpeculationTransport extends AutoCloseable {
  /** Starts a stream. Never throws: a server that cannot be reached is reported to the receiver. */
  Stream connect(Receiver receiver);

  /** Says which server this is, as the user wrote it. */
  default String name() {
    return "";
  }

  @Override
  void close();

  /** The client's half of a stream; calls come one at a time. */
  interface Stream {
    /**
     * Sends the request.
     *
     * @return the bytes that the frame takes on the wire
     */
    int open(OpenFrame frame);

    /**
     * Sends drafts.
     *
     * @return the bytes that the frame takes on the wire
     */
    int draft(DraftFrame frame);

    void cancel();

    /** The connection behind the stream may be dead: the next stream should not share it. */
    default void doubt() {}

    /** Gives the stream up at once. Harmless on one that has ended. */
    void abandon();
  }

  /** The server's answers, one at a time, on any thread. */
  interface Receiver {
    void opened(OpenedFrame frame);

    void verdict(VerdictFrame frame);

    void finished(FinishedFrame frame);

    /** The stream is gone for a reason that another attempt may mend. */
    void lost(String sentence);

    /**
     * The server is full.
     *
     * @param retryAfterMillis when another attempt is worth it; not negative
     */
    default void busy(String sentence, long retryAfterMillis) {
      lost(sentence);
    }

    /** The server understood the request and will not serve it. */
    void refused(String sentence);
  }
}
