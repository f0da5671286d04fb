package dev.paceline.draft.openai;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.paceline.common.UserError;
import dev.paceline.draft.text.Cancellation;
import dev.paceline.draft.text.TextListener;
import dev.paceline.draft.text.TextRequest;
import dev.paceline.draft.text.TextResult;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /v1/completions}. */
final class CompletionService implements HttpService {
  private static final Logger log = LoggerFactory.getLogger(CompletionService.class);

  /** Whatever its parameters. */
  private static final MediaType JSON = MediaType.JSON.withoutParameters();

  private final Lanes lanes;
  private final Supplier<ServedModel> served;
  private final ApiMetrics metrics;

  /**
   * @param served throws {@link ApiException} while there is none yet
   */
  CompletionService(Lanes lanes, Supplier<ServedModel> served, ApiMetrics metrics) {
    this.lanes = lanes;
    this.served = served;
    this.metrics = metrics;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the answer goes to the writer
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    MediaType type = request.contentType();
    if (type == null || !type.is(JSON)) {
      throw new ApiException(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          "invalid_request_error",
          null,
          null,
          "the header 'Content-Type: application/json' is missing");
    }
    HttpResponseWriter out = HttpResponse.streaming();
    Cancellation gone = new Cancellation();
    out.whenComplete()
        .handle(
            (nothing, cause) -> {
              gone.cancel();
              return null;
            });
    request
        .aggregate()
        .handleAsync(
            (body, cause) -> {
              context.clearRequestTimeout();
              received(body, cause, out, gone);
              return null;
            },
            context.blockingTaskExecutor());
    return out;
  }

  private void received(
      @Nullable AggregatedHttpRequest body,
      @Nullable Throwable cause,
      HttpResponseWriter out,
      Cancellation gone) {
    if (body != null) {
      answer(body.content().array(), out, gone);
    } else if (cause instanceof ContentTooLargeException) {
      WholeAnswer.send(out, Json.answer(ApiErrors.tooLarge()));
    } else {
      out.close();
    }
  }

  private void answer(byte[] body, HttpResponseWriter out, Cancellation gone) {
    long received = System.nanoTime();
    String id = "cmpl-" + UUID.randomUUID();
    long created = System.currentTimeMillis() / 1000;
    Answer answer = new WholeAnswer(id, "", created, out);
    try {
      ServedModel model = served.get();
      CompletionRequest request =
          CompletionRequest.parse(body, model.id(), model.tokenizer(), model.contextLength());
      answer =
          request.stream()
              ? new StreamedAnswer(id, model.id(), created, out, request)
              : new WholeAnswer(id, model.id(), created, out);
      Tally tally;
      try (Lanes.Lane lane = lanes.acquire()) {
        tally = run(request, lane, answer, gone, received);
      }
      // Only now, so that a client may send its next request as soon as it has this answer.
      answer.done(tally);
    } catch (ApiException e) {
      metrics.refused(e.status().code());
      answer.failed(e);
    } catch (UserError e) {
      // The request was checked: what is left is the target server's doing.
      metrics.refused(HttpStatus.SERVICE_UNAVAILABLE.code());
      answer.failed(ApiException.unavailable("target_unavailable", String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      log.warn("a request failed", e);
      metrics.refused(HttpStatus.INTERNAL_SERVER_ERROR.code());
      answer.failed(ApiErrors.internal());
    }
  }

  private Tally run(
      CompletionRequest request, Lanes.Lane lane, Answer answer, Cancellation gone, long received) {
    Tally tally = new Tally(request.choices());
    int index = 0;
    for (TextRequest text : request.texts()) {
      ApiMetrics.Request timer = metrics.begin(received, text.prompt().length);
      int at = index++;
      TextListener listener = timer.listening((piece, from) -> answer.text(at, piece));
      TextResult result;
      try {
        result = lane.model().run(text, listener, gone);
      } catch (RuntimeException e) {
        timer.failed();
        throw e;
      }
      timer.ended(result);
      if (result.end() == TextResult.End.CANCELLED) {
        break;
      }
      tally.add(result);
      answer.ended(at, result);
    }
    return tally;
  }
}
