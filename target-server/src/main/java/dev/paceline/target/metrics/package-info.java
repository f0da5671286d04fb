/**
 * What the server counts and times, for Prometheus.
 *
 * <p>Names carry vLLM's suffixes under {@code paceline_}, so that existing dashboards need a change
 * of prefix only; counters end in {@code _total} on the page, as there. The acceptance rate is
 * {@code rate(paceline_spec_decode_num_accepted_tokens_total) /
 * rate(paceline_spec_decode_num_draft_tokens_total)}: accepted draft tokens by draft tokens judged.
 * The mean accepted length is one plus accepted tokens by drafts, a draft being one verification of
 * at least one draft token.
 */
@NullMarked
package dev.paceline.target.metrics;

import org.jspecify.annotations.NullMarked;
