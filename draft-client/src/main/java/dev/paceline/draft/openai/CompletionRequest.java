package dev.paceline.draft.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.draft.text.TextRequest;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of {@code POST /v1/completions}, checked.
 *
 * @param texts those of the first prompt, then those of the next
 * @param choices texts for each prompt
 * @param stream whether the answer comes as events
 * @param includeUsage whether the events end with one that has the usage
 */
record CompletionRequest(
    List<TextRequest> texts, int choices, boolean stream, boolean includeUsage) {
  /** Of one request: it holds a lane until all are written. */
  private static final int MOST_TEXTS = 64;

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
    List<TextRequest> prompts =
        new PromptField(tokenizer, contextLength)
            .read(
                json.path("prompt"),
                fields.sampling(),
                fields.maxTokens(),
                fields.stops(),
                !fields.flag("speculation", true));
    int choices = fields.choices();
    if (choices * prompts.size() > MOST_TEXTS) {
      throw ApiException.invalid(
          "n",
          "'n' "
              + choices
              + " of "
              + prompts.size()
              + " prompts are too many texts; "
              + MOST_TEXTS
              + " are the most");
    }
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
    return new CompletionRequest(each(prompts, choices), choices, stream, usage);
  }

  /** The texts of a prompt differ by their seeds only: the given one, one more, and so on. */
  private static List<TextRequest> each(List<TextRequest> prompts, int choices) {
    List<TextRequest> texts = new ArrayList<>();
    for (TextRequest first : prompts) {
      SamplingParams sampling = first.sampling();
      for (int i = 0; i < choices; i++) {
        SamplingParams own =
            new SamplingParams(
                sampling.temperature(), sampling.topK(), sampling.topP(), sampling.seed() + i);
        texts.add(
            new TextRequest(first.prompt(), own, first.maxTokens(), first.stops(), first.plain()));
      }
    }
    return texts;
  }
}
