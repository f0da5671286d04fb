package dev.paceline.draft.text;

import dev.paceline.common.speculation.draft.DraftStatistics;
import dev.paceline.common.speculation.draft.OutputRun;
import dev.paceline.common.speculation.draft.Provenance;
import dev.paceline.models.tokenizer.StreamingDecoder;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Turns the tokens of one answer into its text and notes when they came. Not thread-safe. */
public final class TextStream {
  private final StreamingDecoder decoder;
  private final int eosToken;
  private final StopFilter filter;
  private final TextListener listener;
  private final LongSupplier clock;
  private final long started;
  private long first;
  private long last;
  private int tokens;
  private int draftOnly;
  private boolean ended;
  private Provenance latest = Provenance.TARGET;

  /**
   * @param stops none empty
   * @param clock nanoseconds; the answer starts now
   */
  public TextStream(
      Tokenizer tokenizer, List<String> stops, TextListener listener, LongSupplier clock) {
    decoder = tokenizer.streamingDecoder();
    eosToken = tokenizer.eosToken();
    filter = new StopFilter(stops, listener);
    this.listener = listener;
    this.clock = clock;
    started = clock.getAsLong();
  }

  /** The ids that end a text: what a session must be opened with. */
  public static int[] stopIds(Tokenizer tokenizer) {
    return tokenizer.eosToken() < 0 ? new int[0] : new int[] {tokenizer.eosToken()};
  }

  /**
   * The next tokens of a session. Those after the end of the text are dropped.
   *
   * @return whether the text goes on
   */
  public boolean append(OutputRun run) {
    if (ended) {
      return false;
    }
    int[] ids = run.ids();
    int accepted = 0;
    while (accepted < ids.length && run.provenance(accepted) == Provenance.DRAFTED_ACCEPTED) {
      accepted++;
    }
    arrived(ids.length, accepted);
    for (int i = 0; i < ids.length && !ended; i++) {
      add(ids[i], run.provenance(i));
    }
    return !ended;
  }

  /**
   * The next token of a model that decodes alone.
   *
   * @return whether the text goes on
   */
  public boolean append(int id) {
    if (!ended) {
      arrived(1, 0);
      add(id, Provenance.DRAFT_ONLY);
    }
    return !ended;
  }

  private void arrived(int count, int accepted) {
    last = clock.getAsLong();
    if (tokens == 0) {
      first = last;
    }
    listener.tokens(count, accepted);
  }

  private void add(int id, Provenance from) {
    tokens++;
    draftOnly += from == Provenance.DRAFT_ONLY ? 1 : 0;
    if (id == eosToken) {
      ended = true;
    } else {
      latest = from;
      filter.append(decoder.append(id), from);
      ended = filter.stopped();
    }
  }

  /**
   * No more tokens will come; what was held back does.
   *
   * @param statistics of the session; null for a model that decoded alone
   * @param cancelled whether somebody wanted no more
   */
  public TextResult finish(
      int promptTokens, @Nullable DraftStatistics statistics, boolean cancelled) {
    filter.append(decoder.flush(), latest);
    filter.flush();
    TextResult.End end = cancelled ? TextResult.End.CANCELLED : TextResult.End.LENGTH;
    return new TextResult(
        ended || filter.stopped() ? TextResult.End.STOP : end,
        promptTokens,
        tokens,
        draftOnly,
        statistics,
        tokens == 0 ? 0 : (first - started) * 1e-6,
        tokens < 2 ? 0 : (last - first) * 1e-6 / (tokens - 1));
  }
}
