package dev.paceline.draft.core;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.draft.DraftRequest;
import dev.paceline.common.verification.DraftDistribution;

/** Makes draft tokens, one request at a time. */
public interface Drafter extends AutoCloseable {
  /** Starts a request and returns; the answer comes on another thread. */
  void draft(DraftRequest request, SamplingParams sampling, Answer answer);

  @Override
  void close();

  /** Where a drafted token goes. */
  interface Answer {
    /**
     * @param logProbability of the token under the draft model, after temperature and filters
     */
    void drafted(int id, float logProbability);

    /**
     * As above, where the request's verification is {@code RESIDUAL}, which takes no other answer.
     *
     * @param origin what the token was drawn from, by the request's own uniform number
     */
    void drafted(int id, float logProbability, DraftDistribution origin);

    void failed(String sentence);
  }
}
