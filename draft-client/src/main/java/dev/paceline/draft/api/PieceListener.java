package dev.paceline.draft.api;

import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.speculation.draft.OutputRun;
import dev.paceline.common.speculation.draft.Provenance;
import dev.paceline.draft.core.TokenListener;
import dev.paceline.models.tokenizer.StreamingDecoder;
import java.util.function.Consumer;

/** Turns a generation's tokens into text, in whole characters. */
final class PieceListener implements TokenListener {
  private final StreamingDecoder decoder;
  private final Consumer<TextPiece> pieces;
  private final Consumer<DraftOutcome> end;
  private Provenance last = Provenance.TARGET;

  PieceListener(StreamingDecoder decoder, Consumer<TextPiece> pieces, Consumer<DraftOutcome> end) {
    this.decoder = decoder;
    this.pieces = pieces;
    this.end = end;
  }

  @Override
  public void tokens(OutputRun run) {
    int[] ids = run.ids();
    for (int i = 0; i < ids.length; i++) {
      last = run.provenance(i);
      put(decoder.append(ids[i]));
    }
  }

  @Override
  public void done(DraftOutcome outcome) {
    put(decoder.flush());
    end.accept(outcome);
  }

  private void put(String text) {
    if (!text.isEmpty()) {
      pieces.accept(new TextPiece(text, last));
    }
  }
}
