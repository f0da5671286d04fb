package dev.paceline.draft.openai;

import dev.paceline.common.speculation.draft.DraftStatistics;
import dev.paceline.common.speculation.draft.Provenance;
import dev.paceline.draft.text.TextListener;
import dev.paceline.draft.text.TextResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * What the API counts and times, as its clients see it. Names are those of the target server:
 * vLLM's suffixes under {@code paceline_}. Thread-safe.
 */
final class ApiMetrics implements AutoCloseable {
  private static final String PREFIX = "paceline.";

  /** Positions of a draft that are told apart; later ones count as the last. */
  private static final int POSITIONS = 16;

  /** Milliseconds; fine from 1 to 10, where a token is. */
  private static final double[] BUCKETS = {
    0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000,
    2000, 5000, 10_000, 30_000, 60_000
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter drafts = counter("spec.decode.num.drafts", "Drafts judged by the target");
  private final Counter draftTokens = counter("spec.decode.num.draft.tokens", "Tokens of them");
  private final Counter acceptedTokens =
      counter("spec.decode.num.accepted.tokens", "Draft tokens accepted");
  private final Counter serverDraftTokens =
      counter("spec.decode.num.server.draft.tokens", "Tokens the target server drafted, judged");
  private final Counter serverAcceptedTokens =
      counter(
          "spec.decode.num.server.accepted.tokens", "Tokens the target server drafted, accepted");
  private final Counter[] acceptedPerPosition = new Counter[POSITIONS];
  private final Counter promptTokens = counter("prompt.tokens", "Tokens of prompts");
  private final Counter generationTokens = counter("generation.tokens", "Output tokens");
  private final Counter draftOnlyTokens =
      counter("draft.only.tokens", "Output tokens that no server has verified");
  private final Timer queueTime =
      timer("request.queue.time", "From the request to the start of its text");
  private final Timer firstToken =
      timer("time.to.first.token", "From the request to the first token of its text");
  private final Timer interToken = timer("inter.token.latency", "Between tokens of a text");
  private final Timer whole = timer("e2e.request.latency", "From the request to its text's end");

  /**
   * @param running requests that run now
   */
  ApiMetrics(IntSupplier running) {
    for (int i = 0; i < POSITIONS; i++) {
      acceptedPerPosition[i] =
          Counter.builder(PREFIX + "spec.decode.num.accepted.tokens.per.pos")
              .description("Draft tokens accepted, by their position in the draft")
              .tag("position", Integer.toString(i))
              .register(registry);
    }
    Gauge.builder(PREFIX + "num.requests.running", running::getAsInt)
        .description("Requests that run")
        .strongReference(true)
        .register(registry);
  }

  /** Prometheus' text. */
  String render() {
    return registry.scrape();
  }

  /** A request was answered with an error. */
  void refused(int status) {
    registry.counter(PREFIX + "requests.refused", "status", Integer.toString(status)).increment();
  }

  /**
   * A text begins.
   *
   * @param received when its request came, by {@link System#nanoTime}
   */
  Request begin(long received, int prompt) {
    queueTime.record(System.nanoTime() - received, TimeUnit.NANOSECONDS);
    promptTokens.increment(prompt);
    return new Request(received);
  }

  @Override
  public void close() {
    registry.close();
  }

  /** One text. */
  final class Request {
    private final long received;
    private long last;
    private boolean any;

    Request(long received) {
      this.received = received;
    }

    /** Counts what passes through. */
    TextListener listening(TextListener next) {
      return new TextListener() {
        @Override
        public void text(String piece, Provenance from) {
          next.text(piece, from);
        }

        @Override
        public void tokens(int count, int accepted) {
          arrived(count, accepted);
        }
      };
    }

    private void arrived(int count, int accepted) {
      long now = System.nanoTime();
      int gaps = count;
      if (!any) {
        any = true;
        firstToken.record(now - received, TimeUnit.NANOSECONDS);
        gaps--;
        last = now;
      }
      // Tokens that came together share the time, as in the target server's figures.
      for (int i = 0; i < gaps; i++) {
        interToken.record((now - last) / count, TimeUnit.NANOSECONDS);
      }
      last = now;
      generationTokens.increment(count);
      for (int i = 0; i < accepted; i++) {
        acceptedPerPosition[Math.min(i, POSITIONS - 1)].increment();
      }
    }

    void ended(TextResult result) {
      draftOnlyTokens.increment(result.draftOnlyTokens());
      DraftStatistics statistics = result.statistics();
      if (statistics != null) {
        drafts.increment((double) statistics.drafts());
        draftTokens.increment((double) statistics.judged());
        acceptedTokens.increment((double) statistics.accepted());
        serverDraftTokens.increment((double) statistics.serverDrafted());
        serverAcceptedTokens.increment((double) statistics.serverAccepted());
      }
      finished(result.end().name().toLowerCase(Locale.ROOT));
    }

    void failed() {
      finished("failed");
    }

    private void finished(String reason) {
      whole.record(System.nanoTime() - received, TimeUnit.NANOSECONDS);
      registry.counter(PREFIX + "request.finished", "reason", reason).increment();
    }
  }

  private Counter counter(String name, String description) {
    return Counter.builder(PREFIX + name).description(description).register(registry);
  }

  private Timer timer(String name, String description) {
    return Timer.builder(PREFIX + name)
        .description(description)
        .serviceLevelObjectives(
            Arrays.stream(BUCKETS)
                .mapToObj(ms -> Duration.ofNanos(Math.round(ms * 1e6)))
                .toArray(Duration[]::new))
        .register(registry);
  }
}
