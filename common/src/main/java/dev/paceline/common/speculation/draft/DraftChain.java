package dev.paceline.common.speculation.draft;

import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.DraftOrigins;
import dev.paceline.common.speculation.TokenSequence;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.verification.DraftDistribution;
import dev.paceline.common.verification.VerificationMode;
import org.jspecify.annotations.Nullable;

/**
 * The client's tokens: prompt and output (verified), then the drafts of the current epoch, and
 * which of them the drafter's cache and the server have. All epoch rules of the client are here.
 */
final class DraftChain {
  private final TokenSequence tokens;
  private final DraftOrigins origins = new DraftOrigins();
  private final VerificationMode verification;
  private int verified;
  private int sent;
  private int epoch;
  private int cached;
  private int generation;
  private int wrongFrom;
  private @Nullable DraftRequest asked;

  DraftChain(int[] prompt, int[] output, VerificationMode verification) {
    this.verification = verification;
    tokens = new TokenSequence(prompt, output);
    verified = tokens.length();
    sent = verified;
  }

  int verified() {
    return verified;
  }

  int epoch() {
    return epoch;
  }

  /** Position after the last draft. */
  int end() {
    return tokens.length();
  }

  /** Drafts without a verdict. */
  int inFlight() {
    return tokens.length() - verified;
  }

  /** Drafts that were not sent. */
  int unsent() {
    return tokens.length() - sent;
  }

  int get(int position) {
    return tokens.get(position);
  }

  int[] copy(int from, int to) {
    return tokens.copy(from, to);
  }

  boolean asking() {
    return asked != null;
  }

  /** A new stream: it starts at epoch 0 and has seen none of the drafts. They stay valid. */
  void newStream() {
    epoch = 0;
    sent = verified;
  }

  /** The server forgets drafts that are further ahead than its window. */
  void capSent(int maxWindow) {
    sent = Math.min(sent, verified + maxWindow);
  }

  /**
   * The request for the next draft; none may be outstanding.
   *
   * @param most drafts that the window has room for
   */
  DraftRequest ask(int most) {
    int keep = Math.min(cached, tokens.length() - 1);
    DraftRequest request =
        new DraftRequest(generation, keep, tokens.copy(keep, tokens.length()), most, verification);
    asked = request;
    wrongFrom = Integer.MAX_VALUE;
    return request;
  }

  /**
   * The drafter's answer.
   *
   * @param origin what it was sampled from; null in {@code COUPLED}
   * @return whether it became a draft; false when it is known or was overtaken meanwhile
   */
  boolean answer(DraftRequest request, int id, @Nullable DraftDistribution origin) {
    if (request != asked) {
      throw new IllegalArgumentException("not the outstanding request: " + request);
    }
    asked = null;
    cached = Math.min(request.position(), wrongFrom);
    if (request.generation() != generation || request.position() != tokens.length()) {
      return false;
    }
    tokens.add(id);
    if (origin != null) {
      origins.add(origin);
    }
    return true;
  }

  /** The drafter lost its cache and any outstanding request. */
  void drafterReset() {
    asked = null;
    cached = 0;
  }

  /**
   * The drafts that were not sent yet and fit the window, which then count as sent.
   *
   * @return null when there are none
   */
  @Nullable DraftFrame takeUnsent(int window) {
    int to = Math.min(tokens.length(), verified + window);
    if (sent >= to) {
      return null;
    }
    DraftFrame frame = frame(sent, to);
    sent = to;
    return frame;
  }

  /** Drafts that were sent and have no verdict. */
  int sentInFlight() {
    return sent - verified;
  }

  /** The next drafts that were not sent, none if {@code length} is 0. */
  DraftFrame takeNext(int length) {
    sent += length;
    return frame(sent - length, sent);
  }

  /** The first drafts without a verdict, sent before or not. */
  DraftFrame takeBlock(int length) {
    sent = Math.max(sent, verified + length);
    return frame(verified, verified + length);
  }

  private DraftFrame frame(int from, int to) {
    return new DraftFrame(epoch, from, tokens.copy(from, to))
        .from(origins.copy(from - verified, to - verified));
  }

  /**
   * Takes a verdict in, which must not begin after {@link #verified()}.
   *
   * @return how many of its tokens are new output
   */
  int apply(VerdictFrame verdict, DraftStatistics statistics) {
    int before = verified;
    int[] ids = verdict.ids();
    for (int i = 0; i < ids.length; i++) {
      int position = verdict.firstPosition() + i;
      if (position < verified) {
        if (tokens.get(position) != ids[i]) {
          statistics.addDisagreement();
        }
        continue;
      }
      if (position < tokens.length() && tokens.get(position) != ids[i]) {
        forgetFrom(position);
        epoch++;
      }
      if (position == tokens.length()) {
        tokens.add(ids[i]);
      }
      verified = position + 1;
      origins.removeFirst(1);
    }
    if (verdict.epoch() > epoch) {
      statistics.addAdoptedEpoch();
      epoch = verdict.epoch();
      forgetFrom(verified);
    }
    sent = Math.max(sent, verified);
    return verified - before;
  }

  private void forgetFrom(int position) {
    tokens.truncate(position);
    origins.truncate(position - verified);
    sent = Math.min(sent, position);
    cached = Math.min(cached, position);
    wrongFrom = Math.min(wrongFrom, position);
    generation++;
  }
}
