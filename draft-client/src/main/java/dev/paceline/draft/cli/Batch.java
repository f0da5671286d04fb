package dev.paceline.draft.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.common.UserError;
import dev.paceline.draft.text.Cancellation;
import dev.paceline.draft.text.TextModel;
import dev.paceline.draft.text.TextRequest;
import dev.paceline.draft.text.TextResult;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** {@code generate --jsonl}: one line in, one line out; what is wrong with one stops no other. */
final class Batch {
  private final TextModel model;
  private final GenerationOptions options;
  private final List<String> stops;
  private final PrintStream out;
  private final ObjectMapper mapper = new ObjectMapper();
  private int lines;
  private int failed;

  Batch(TextModel model, GenerationOptions options, List<String> stops, PrintStream out) {
    this.model = model;
    this.options = options;
    this.stops = stops;
    this.out = out;
  }

  /**
   * Runs every line.
   *
   * @return lines that failed
   * @throws IOException if the input cannot be read
   */
  int run(InputStream input) throws IOException {
    InputStream in = new BufferedInputStream(input);
    for (int number = 1; ; number++) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      boolean more = readLine(in, bytes);
      if (bytes.size() > 0) {
        line(number, bytes.toByteArray());
      }
      if (!more) {
        return failed;
      }
    }
  }

  /** Lines that were not blank, so far. */
  int lines() {
    return lines;
  }

  /** Reads up to a line's end or just beyond the longest line; false at the end of the input. */
  private static boolean readLine(InputStream in, ByteArrayOutputStream line) throws IOException {
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return false;
      }
      if (line.size() <= PromptFlags.LONGEST) {
        line.write(b);
      }
    }
    return true;
  }

  private void line(int number, byte[] bytes) {
    ObjectNode answer = mapper.createObjectNode().put("line", number);
    try {
      if (bytes.length > PromptFlags.LONGEST) {
        throw new UserError("has more than " + PromptFlags.LONGEST + " bytes");
      }
      String text = PromptFlags.decode("it", bytes);
      if (text.isBlank()) {
        return;
      }
      lines++;
      BatchLine line = BatchLine.parse(text, options, stops);
      if (line.id() != null) {
        answer.set("id", line.id());
      }
      answer(line, answer);
    } catch (UserError e) {
      failed++;
      answer.putObject("error").put("message", "line " + number + ": " + e.getMessage());
    }
    try {
      out.println(mapper.writeValueAsString(answer));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    out.flush();
  }

  private void answer(BatchLine line, ObjectNode answer) {
    StringBuilder text = new StringBuilder();
    TextRequest request =
        new TextRequest(
            model.tokenizer().encode(line.prompt()),
            line.sampling(),
            line.maxTokens(),
            line.stops(),
            false);
    TextResult result = model.run(request, (piece, from) -> text.append(piece), new Cancellation());
    answer.put("text", text.toString());
    answer.put("finish_reason", result.end().name().toLowerCase(Locale.ROOT));
    String mode = options.mode().optionName();
    answer.setAll((ObjectNode) mapper.valueToTree(RunResult.of(mode, result)));
  }
}
