package dev.paceline.draft.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import dev.paceline.draft.text.TextResult;

/** One JSON object at the end. */
final class WholeAnswer extends Answer {
  private final HttpResponseWriter out;
  private final ArrayNode choices = Json.MAPPER.createArrayNode();
  private StringBuilder text = new StringBuilder();

  WholeAnswer(String id, String model, long created, HttpResponseWriter out) {
    super(id, model, created);
    this.out = out;
  }

  @Override
  void text(int index, String piece) {
    text.append(piece);
  }

  @Override
  void ended(int index, TextResult result) {
    choice(choices, index, text.toString(), result);
    text = new StringBuilder();
  }

  @Override
  void done(Tally tally) {
    ObjectNode json = object();
    json.set("choices", choices);
    json.set("usage", tally.usage());
    json.set("timings", tally.timings());
    send(out, Json.answer(HttpStatus.OK, json));
  }

  @Override
  void failed(ApiException e) {
    send(out, Json.answer(e));
  }

  /** Sends a whole response, to a client that may have gone. */
  static void send(HttpResponseWriter out, AggregatedHttpResponse response) {
    if (out.tryWrite(response.headers())) {
      boolean ignored = out.tryWrite(response.content());
    }
    out.close();
  }
}
