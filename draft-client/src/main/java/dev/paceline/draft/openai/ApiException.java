package dev.paceline.draft.openai;

import com.linecorp.armeria.common.HttpStatus;
import org.jspecify.annotations.Nullable;

/** A request that is not answered as it wishes, as OpenAI's error object says it. */
@SuppressWarnings("serial")
final class ApiException extends RuntimeException {
  private final HttpStatus status;
  private final String type;
  private final @Nullable String param;
  private final @Nullable String code;

  /**
   * @param type of few values, for programs
   * @param param the part of the request that is wrong
   * @param code what is wrong, for programs
   * @param message one sentence that names the value
   */
  ApiException(
      HttpStatus status,
      String type,
      @Nullable String param,
      @Nullable String code,
      String message) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
  }

  /** A value that cannot be. */
  static ApiException invalid(String param, String message) {
    return new ApiException(HttpStatus.BAD_REQUEST, "invalid_request_error", param, null, message);
  }

  /** A model that is not the one there is. */
  static ApiException unknownModel(String asked, String served) {
    return new ApiException(
        HttpStatus.NOT_FOUND,
        "invalid_request_error",
        "model",
        "model_not_found",
        "the model " + Json.shown(asked) + " is not served here; '" + served + "' is");
  }

  /** Something that is not the request's fault and may pass. */
  static ApiException unavailable(@Nullable String code, String message) {
    return new ApiException(HttpStatus.SERVICE_UNAVAILABLE, "server_error", null, code, message);
  }

  HttpStatus status() {
    return status;
  }

  String type() {
    return type;
  }

  @Nullable String param() {
    return param;
  }

  @Nullable String code() {
    return code;
  }
}
