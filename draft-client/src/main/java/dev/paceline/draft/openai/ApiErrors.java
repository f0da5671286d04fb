package dev.paceline.draft.openai;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import org.jspecify.annotations.Nullable;

/** Whatever goes wrong around the services, as OpenAI's error object. */
final class ApiErrors implements ServerErrorHandler {
  @Override
  public @Nullable HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
    if (cause instanceof ApiException e) {
      return Json.answer(e).toHttpResponse();
    }
    if (cause instanceof ContentTooLargeException) {
      return Json.answer(tooLarge()).toHttpResponse();
    }
    if (cause instanceof HttpStatusException e) {
      return Json.answer(ofStatus(e.httpStatus())).toHttpResponse();
    }
    return null;
  }

  @Override
  public @Nullable AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext context,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    return Json.answer(ofStatus(status));
  }

  static ApiException tooLarge() {
    return new ApiException(
        HttpStatus.REQUEST_ENTITY_TOO_LARGE,
        "invalid_request_error",
        null,
        null,
        "the request has more than " + ApiServer.LARGEST_REQUEST + " bytes");
  }

  static ApiException internal() {
    return new ApiException(
        HttpStatus.INTERNAL_SERVER_ERROR,
        "server_error",
        null,
        null,
        "the request failed for a reason that the log states");
  }

  private static ApiException ofStatus(HttpStatus status) {
    if (status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)) {
      return tooLarge();
    }
    String sentence =
        status.equals(HttpStatus.NOT_FOUND)
            ? "there is nothing here; try /v1/completions, /v1/models, /health or /metrics"
            : status.reasonPhrase();
    String type = status.isServerError() ? "server_error" : "invalid_request_error";
    return new ApiException(status, type, null, null, sentence);
  }
}
