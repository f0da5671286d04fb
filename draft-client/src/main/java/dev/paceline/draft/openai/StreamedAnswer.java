package dev.paceline.draft.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import dev.paceline.draft.text.TextResult;

/**
 * Server-sent events: one for each piece of text, one with the reason at the end of each text, the
 * last of these with {@code timings}; one with the usage if that is wished; {@code [DONE]}. The
 * status is sent with the first of them, so that what fails before has a status of its own.
 */
final class StreamedAnswer extends Answer {
  private static final ResponseHeaders HEADERS =
      ResponseHeaders.builder(HttpStatus.OK)
          .contentType(MediaType.EVENT_STREAM)
          .add(HttpHeaderNames.CACHE_CONTROL, "no-cache")
          .add(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
          .build();

  private final HttpResponseWriter out;
  private final boolean includeUsage;
  private final int texts;
  private final Tally soFar;
  private boolean begun;

  StreamedAnswer(
      String id, String model, long created, HttpResponseWriter out, CompletionRequest request) {
    super(id, model, created);
    this.out = out;
    includeUsage = request.includeUsage();
    texts = request.texts().size();
    soFar = new Tally(request.choices());
  }

  @Override
  void text(int index, String piece) {
    ObjectNode json = event();
    choice(json.withArray("choices"), index, piece, null);
    send(json);
  }

  @Override
  void ended(int index, TextResult result) {
    soFar.add(result);
    ObjectNode json = event();
    choice(json.withArray("choices"), index, "", result);
    if (index == texts - 1) {
      json.set("timings", soFar.timings());
    }
    send(json);
  }

  @Override
  void done(Tally tally) {
    if (includeUsage) {
      ObjectNode json = object();
      json.set("usage", tally.usage());
      send(json);
    }
    end();
  }

  @Override
  void failed(ApiException e) {
    if (begun) {
      send(Json.error(e));
      end();
    } else {
      WholeAnswer.send(out, Json.answer(e));
    }
  }

  private ObjectNode event() {
    ObjectNode json = object();
    return includeUsage ? json.putNull("usage") : json;
  }

  private void send(JsonNode json) {
    send(Json.write(json));
  }

  /** JSON has no line ends, so a line is an event. */
  private void send(String data) {
    if (!begun) {
      begun = true;
      boolean ignored = out.tryWrite(HEADERS);
    }
    boolean ignored = out.tryWrite(HttpData.ofUtf8("data: " + data + "\n\n"));
  }

  private void end() {
    send("[DONE]");
    out.close();
  }
}
