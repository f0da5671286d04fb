package dev.paceline.draft.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.draft.text.TextRequest;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.List;

/**
 * The body of {@code POST /v1/completions}, checked.
 *
 * @param texts one for each prompt
 * @param stream whether the answer comes as events
 * @param includeUsage whether the events end with one that has the usage
 */
record CompletionRequest(List<TextRequest> texts, boolean stream, boolean includeUsage) {
  /**
   * Reads a body.
   *
   * @param model what is served
   * @param contextLength of it
   * @throws ApiException if something is wrong, or asks for what is not offered
   */
  static CompletionRequest parse(
      byte[] body, String model, Tokenizer tokenizer, int contextLength) {
    ObjectNode json = Json.readObject(body);
    RequestFields fields = new RequestFields(json);
    fields.requireModel(model);
    fields.refuseUnknown();
    List<TextRequest> texts =
        new PromptField(tokenizer, contextLength)
            .read(
                json.path("prompt"),
                fields.sampling(),
                fields.maxTokens(),
                fields.stops(),
                !fields.flag("speculation", true));
    JsonNode options = json.path("stream_options");
    boolean stream = fields.flag("stream", false);
    boolean usage = false;
    if (!options.isMissingNode() && !options.isNull()) {
      if (!stream) {
        throw ApiException.invalid(
            "stream_options", "'stream_options' is given, but 'stream' is not true");
      }
      if (!(options instanceof ObjectNode object)) {
        throw ApiException.invalid("stream_options", "'stream_options' is not an object");
      }
      usage = new RequestFields(object).flag("include_usage", false);
    }
    return new CompletionRequest(texts, stream, usage);
  }
}
