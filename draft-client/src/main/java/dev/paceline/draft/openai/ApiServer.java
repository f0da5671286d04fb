package dev.paceline.draft.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.Server;
import dev.paceline.common.UserError;
import dev.paceline.draft.text.TextModel;
import dev.paceline.models.tokenizer.Tokenizer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The HTTP server. It answers 503 from its start until {@link #load} has returned. */
public final class ApiServer implements AutoCloseable {
  /** Bytes of a request's body; many times what a context holds. */
  static final int LARGEST_REQUEST = 4 << 20;

  private static final MediaType PROMETHEUS =
      MediaType.parse("text/plain; version=0.0.4; charset=utf-8");
  private static final int MOST_CONNECTIONS = 256;
  private static final Duration TO_SEND_A_REQUEST = Duration.ofSeconds(30);

  private final Lanes lanes;
  private final Tokenizer tokenizer;
  private final ApiMetrics metrics;
  private final Server server;
  private volatile @Nullable ServedModel served;

  /**
   * Starts to listen.
   *
   * @param address port 0 is any free one
   * @param key that requests must have; null if none
   * @param lanes closed with this
   * @param tokenizer of the model; stays the caller's
   * @throws UserError if the address cannot be bound
   */
  public ApiServer(
      InetSocketAddress address, @Nullable String key, Lanes lanes, Tokenizer tokenizer) {
    this.lanes = lanes;
    this.tokenizer = tokenizer;
    metrics = new ApiMetrics(lanes::busy);
    lanes.onOpened(this::opened);
    ModelsService models = new ModelsService(this::served);
    server =
        Server.builder()
            .http(address)
            .maxRequestLength(LARGEST_REQUEST)
            .maxNumConnections(MOST_CONNECTIONS)
            .requestTimeout(TO_SEND_A_REQUEST)
            .disableServerHeader()
            .errorHandler(new ApiErrors())
            .service(
                Route.builder().path("/v1/completions").methods(HttpMethod.POST).build(),
                new CompletionService(lanes, this::served, metrics))
            .service(get("/v1/models"), models)
            .service(get("regex:^/v1/models/(?<model>.+)$"), models)
            .service(get("/health"), (context, request) -> health())
            .service(get("/metrics"), (context, request) -> page())
            .decorator(new Gate(key))
            .build();
    try {
      server.start().join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new UserError("cannot listen on " + address + ": " + cause.getMessage(), e);
    }
  }

  /** Path and method of a page. */
  private static Route get(String path) {
    return Route.builder().path(path).methods(HttpMethod.GET, HttpMethod.HEAD).build();
  }

  /**
   * Opens the first lane; requests are answered from then on.
   *
   * @throws UserError if it cannot be opened
   */
  public void load() {
    lanes.acquire().close();
  }

  /** The id is that of the target, or of the draft model that stands in for it. */
  private void opened(TextModel model) {
    long now = System.currentTimeMillis() / 1000;
    served = new ServedModel(model.modelId(), model.contextLength(), tokenizer, now);
  }

  /** Where it listens. */
  public int port() {
    return server.activeLocalPort();
  }

  /** Waits until it is closed. */
  public void awaitTermination() throws InterruptedException {
    try {
      server.whenClosed().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Cuts the answers under way and stops; its threads end a little later. */
  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // threads stay a while, for work that will not come
  public void close() {
    server.stop();
    lanes.close();
    metrics.close();
  }

  private ServedModel served() {
    ServedModel model = served;
    if (model == null) {
      throw ApiException.unavailable("loading", "the model is loading");
    }
    return model;
  }

  private HttpResponse health() {
    served();
    ObjectNode ok = Json.MAPPER.createObjectNode().put("status", "ok");
    return Json.answer(HttpStatus.OK, ok).toHttpResponse();
  }

  private HttpResponse page() {
    return HttpResponse.of(HttpStatus.OK, PROMETHEUS, metrics.render());
  }
}
