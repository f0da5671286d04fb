package dev.paceline.draft.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.HttpStatus;
import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.draft.text.TextRequest;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** {@code prompt}: a text, an array of texts, an array of token ids, or an array of such arrays. */
final class PromptField {
  private static final int MOST_PROMPTS = 64;

  private final Tokenizer tokenizer;
  private final int contextLength;

  /**
   * @param contextLength what a prompt must leave room in
   */
  PromptField(Tokenizer tokenizer, int contextLength) {
    this.tokenizer = tokenizer;
    this.contextLength = contextLength;
  }

  /**
   * One request for each prompt.
   *
   * @throws ApiException if it is none of these, or a prompt is empty or too long
   */
  List<TextRequest> read(
      JsonNode prompt, SamplingParams sampling, int maxTokens, List<String> stops, boolean plain) {
    List<TextRequest> requests = new ArrayList<>();
    for (int[] ids : prompts(prompt)) {
      if (ids.length == 0) {
        throw ApiException.invalid("prompt", "'prompt' is empty");
      }
      TextRequest request = new TextRequest(ids, sampling, maxTokens, stops, plain);
      try {
        request.requireFits(contextLength);
      } catch (UserError e) {
        throw new ApiException(
            HttpStatus.BAD_REQUEST,
            "invalid_request_error",
            "prompt",
            "context_length_exceeded",
            String.valueOf(e.getMessage()));
      }
      requests.add(request);
    }
    return requests;
  }

  private List<int[]> prompts(JsonNode prompt) {
    if (prompt.isTextual()) {
      return List.of(tokenizer.encode(prompt.textValue()));
    }
    if (!prompt.isArray() || prompt.isEmpty()) {
      throw wrong(prompt);
    }
    if (prompt.get(0).isNumber()) {
      return List.of(ids(prompt));
    }
    if (prompt.size() > MOST_PROMPTS) {
      throw ApiException.invalid(
          "prompt",
          "'prompt' has " + prompt.size() + " prompts; " + MOST_PROMPTS + " are the most");
    }
    List<int[]> all = new ArrayList<>();
    for (JsonNode each : prompt) {
      if (each.isTextual()) {
        all.add(tokenizer.encode(each.textValue()));
      } else if (each.isArray()) {
        all.add(ids(each));
      } else {
        throw wrong(each);
      }
    }
    return all;
  }

  private int[] ids(JsonNode array) {
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = array.get(i);
      boolean known =
          id.isIntegralNumber()
              && id.canConvertToInt()
              && id.intValue() >= 0
              && id.intValue() < tokenizer.vocabSize();
      if (!known) {
        throw ApiException.invalid(
            "prompt",
            "'prompt' has "
                + RequestFields.shown(id)
                + ", which is not a token id below "
                + tokenizer.vocabSize());
      }
      ids[i] = id.intValue();
    }
    return ids;
  }

  private static ApiException wrong(JsonNode value) {
    return ApiException.invalid(
        "prompt",
        "'prompt' "
            + RequestFields.shown(value)
            + " is not a text, an array of texts, of token ids or of arrays of token ids");
  }
}
