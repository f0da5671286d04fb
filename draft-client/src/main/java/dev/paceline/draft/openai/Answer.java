package dev.paceline.draft.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.draft.text.TextResult;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the texts of a request reach the client. Calls come one at a time. */
abstract class Answer {
  private final String id;
  private final String model;
  private final long created;

  /**
   * @param id of this answer
   * @param created seconds since 1970
   */
  Answer(String id, String model, long created) {
    this.id = id;
    this.model = model;
    this.created = created;
  }

  /** The next piece of a text. */
  abstract void text(int index, String piece);

  /** A text is complete. */
  abstract void ended(int index, TextResult result);

  /** All are. */
  abstract void done(Tally tally);

  /** It will not be complete. */
  abstract void failed(ApiException e);

  /** What every object of this answer has, with no choices yet. */
  final ObjectNode object() {
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("id", id)
            .put("object", "text_completion")
            .put("created", created)
            .put("model", model);
    json.putArray("choices");
    return json;
  }

  /**
   * @param result null while the text goes on
   */
  static void choice(ArrayNode choices, int index, String text, @Nullable TextResult result) {
    String reason =
        result == null
            ? null
            : result.end() == TextResult.End.STOP
                ? "stop"
                : TextResult.End.LENGTH.name().toLowerCase(Locale.ROOT);
    choices
        .addObject()
        .put("text", text)
        .put("index", index)
        .putNull("logprobs")
        .put("finish_reason", reason);
  }
}
