package dev.paceline.target.rpc;

import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.target.logging.SessionLog;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session's two lines in the log. The engine's thread only leaves values here; another thread
 * writes them.
 */
final class SessionLines {
  private static final Logger LOG = LoggerFactory.getLogger(SessionLines.class);

  private final String sessionId;
  private final String peer;
  private volatile @Nullable FinishedFrame finished;
  private volatile @Nullable String failure;

  /** Writes the first line. */
  SessionLines(OpenFrame open, String peer) {
    this.sessionId = open.sessionId();
    this.peer = peer;
    try (SessionLog scope = SessionLog.of(sessionId)) {
      LOG.atInfo()
          .addKeyValue("peer", peer)
          .addKeyValue("mode", open.mode())
          .addKeyValue("prompt_tokens", open.prompt().length)
          .addKeyValue("resumed_tokens", open.resume().length)
          .log("session accepted");
    }
  }

  void finished(FinishedFrame frame) {
    finished = frame;
  }

  void failed(String sentence) {
    failure = sentence;
  }

  /** Writes the last line. */
  void ended() {
    FinishedFrame frame = finished;
    String sentence = failure;
    try (SessionLog scope = SessionLog.of(sessionId)) {
      if (frame != null) {
        LOG.atInfo()
            .addKeyValue("peer", peer)
            .addKeyValue("reason", frame.reason().name().toLowerCase(Locale.ROOT))
            .addKeyValue("output_tokens", frame.outputTokens())
            .addKeyValue("drafted", frame.statistics().drafted())
            .addKeyValue("accepted", frame.statistics().accepted())
            .log("session ended");
      } else {
        LOG.atInfo()
            .addKeyValue("peer", peer)
            .addKeyValue("reason", sentence == null ? "disconnected" : sentence)
            .log("session ended");
      }
    }
  }
}
