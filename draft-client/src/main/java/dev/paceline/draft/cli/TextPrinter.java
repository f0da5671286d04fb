package dev.paceline.draft.cli;

import dev.paceline.common.speculation.draft.OutputRun;
import dev.paceline.draft.text.ColouredText;
import dev.paceline.models.tokenizer.StreamingDecoder;

/** Prints tokens as they come, in whole characters. */
final class TextPrinter {
  private final ColouredText out;
  private final StreamingDecoder decoder;

  TextPrinter(ColouredText out, StreamingDecoder decoder) {
    this.out = out;
    this.decoder = decoder;
  }

  void print(OutputRun run) {
    int[] ids = run.ids();
    for (int i = 0; i < ids.length; i++) {
      String text = decoder.append(ids[i]);
      if (!text.isEmpty()) {
        out.print(text, run.provenance(i));
      }
    }
  }

  /** One token of a model that decodes alone. */
  void print(int id) {
    out.plain(decoder.append(id));
  }

  void end() {
    out.plain(decoder.flush());
    out.end();
  }
}
