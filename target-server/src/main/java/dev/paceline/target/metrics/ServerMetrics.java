package dev.paceline.target.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;

/**
 * The meters of one server. Methods are thread-safe and allocate nothing, so that the engine may
 * call them for each token; durations are nanoseconds of a monotonic clock.
 */
public final class ServerMetrics {
  private static final String PREFIX = "paceline.";

  private final MeterRegistry registry;
  private final Tags tags;
  private final Counter drafts;
  private final Counter draftTokens;
  private final Counter acceptedTokens;
  private final Counter[] acceptedPerPosition;
  private final Counter promptTokens;
  private final Counter generationTokens;
  private final Counter prefixQueries;
  private final Counter prefixHits;
  private final Timer timeToFirstToken;
  private final Timer interTokenLatency;
  private final Timer requestLatency;
  private final Timer queueTime;
  private final Timer stepTime;
  private final Timer draftStepTime;
  private final Counter serverDraftTokens;
  private final Counter serverAcceptedTokens;
  private final DistributionSummary stepRows;

  /**
   * @param registry where the meters go
   * @param maxWindow most draft tokens that one verification judges; positions from there on count
   *     as the last
   */
  public ServerMetrics(MeterRegistry registry, int maxWindow) {
    this(registry, maxWindow, Tags.empty());
  }

  /**
   * As above, told apart from those of other engines.
   *
   * @param tags of every meter but refusals, which happen before an engine is chosen
   */
  public ServerMetrics(MeterRegistry registry, int maxWindow, Tags tags) {
    this.registry = registry;
    this.tags = tags;
    drafts = counter("spec.decode.num.drafts", "Verifications that judged draft tokens");
    draftTokens = counter("spec.decode.num.draft.tokens", "Draft tokens judged");
    acceptedTokens = counter("spec.decode.num.accepted.tokens", "Draft tokens accepted");
    acceptedPerPosition = new Counter[Math.max(1, maxWindow)];
    for (int i = 0; i < acceptedPerPosition.length; i++) {
      acceptedPerPosition[i] =
          Counter.builder(PREFIX + "spec.decode.num.accepted.tokens.per.pos")
              .description("Draft tokens accepted, by their position in the draft")
              .tags(tags)
              .tag("position", Integer.toString(i))
              .register(registry);
    }
    promptTokens = counter("prompt.tokens", "Tokens of prompts, resumed output included");
    generationTokens = counter("generation.tokens", "Output tokens");
    prefixQueries = counter("prefix.cache.queries", "Tokens looked up in the KV slots");
    prefixHits = counter("prefix.cache.hits", "Tokens whose keys and values a slot still held");
    timeToFirstToken =
        timer("time.to.first.token", "From the open to the first output token", Buckets.request());
    interTokenLatency =
        timer("inter.token.latency", "Between output tokens of a session", Buckets.token());
    requestLatency =
        timer("e2e.request.latency", "From the open to the end of a session", Buckets.request());
    queueTime = timer("request.queue.time", "From the open to the first step", Buckets.request());
    stepTime = timer("step", "One forward pass over the rows of all its sessions", Buckets.token());
    draftStepTime =
        timer("draft.step", "One forward pass of the server's own draft model", Buckets.token());
    serverDraftTokens =
        counter("spec.decode.num.server.draft.tokens", "Tokens the server drafted, judged");
    serverAcceptedTokens =
        counter("spec.decode.num.server.accepted.tokens", "Tokens the server drafted, accepted");
    stepRows =
        DistributionSummary.builder(PREFIX + "step.rows")
            .description("Rows of a step")
            .tags(tags)
            .serviceLevelObjectives(Buckets.rows())
            .register(registry);
  }

  /**
   * Shows the present state on each scrape. The suppliers are called on the admin port's threads.
   *
   * @param running sessions that hold a slot
   * @param waiting sessions that wait for one
   * @param kvUsage share of the KV slots that sessions hold, 0 to 1
   */
  public void watch(IntSupplier running, IntSupplier waiting, DoubleSupplier kvUsage) {
    gauge("num.requests.running", "Sessions that hold a slot", running::getAsInt);
    gauge("num.requests.waiting", "Sessions that wait for a slot", waiting::getAsInt);
    gauge("kv.cache.usage.perc", "Share of the KV slots that sessions hold, 0 to 1", kvUsage);
  }

  /** A session got its slot; of its tokens the first {@code cached} were there already. */
  public void started(int tokens, int cached, long queuedNanos) {
    promptTokens.increment(tokens);
    prefixQueries.increment(tokens);
    prefixHits.increment(cached);
    queueTime.record(queuedNanos, TimeUnit.NANOSECONDS);
  }

  /** A step ended. */
  public void step(int rows, long nanos) {
    stepTime.record(nanos, TimeUnit.NANOSECONDS);
    stepRows.record(rows);
  }

  /** A session's step judged {@code judged} draft tokens; 0 counts as no draft. */
  public void verified(int judged, int accepted) {
    if (judged <= 0) {
      return;
    }
    drafts.increment();
    draftTokens.increment(judged);
    acceptedTokens.increment(accepted);
    int last = acceptedPerPosition.length - 1;
    for (int i = 0; i < accepted; i++) {
      acceptedPerPosition[Math.min(i, last)].increment();
    }
  }

  /** A step of the server's own draft model ended. */
  public void draftStep(long nanos) {
    draftStepTime.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** A session's step judged tokens that the server had drafted itself. */
  public void serverDrafts(int judged, int accepted) {
    if (judged > 0) {
      serverDraftTokens.increment(judged);
      serverAcceptedTokens.increment(accepted);
    }
  }

  /** A session put out its first token. */
  public void firstToken(long sinceOpenNanos) {
    generationTokens.increment();
    timeToFirstToken.record(sinceOpenNanos, TimeUnit.NANOSECONDS);
  }

  /**
   * A session put out more tokens at once, {@code nanos} after the ones before. As a reader sees
   * them, the first took that long and the others no time; as benchmarks count, each gets an equal
   * part, and so do we.
   */
  public void tokens(int count, long nanos) {
    generationTokens.increment(count);
    for (int i = 0; i < count; i++) {
      interTokenLatency.record(nanos / count, TimeUnit.NANOSECONDS);
    }
  }

  /**
   * A session ended.
   *
   * @param reason label, of few values: {@code stop}, {@code length}, {@code cancelled} …
   */
  public void finished(String reason, long sinceOpenNanos) {
    requestLatency.record(sinceOpenNanos, TimeUnit.NANOSECONDS);
    registry.counter(PREFIX + "request.finished", tags.and("reason", reason)).increment();
  }

  /**
   * An open was refused.
   *
   * @param reason label, of few values
   */
  public void refused(String reason) {
    registry.counter(PREFIX + "requests.refused", "reason", reason).increment();
  }

  private Counter counter(String name, String description) {
    return Counter.builder(PREFIX + name).description(description).tags(tags).register(registry);
  }

  private Timer timer(String name, String description, Duration[] buckets) {
    return Timer.builder(PREFIX + name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(buckets)
        .register(registry);
  }

  private void gauge(String name, String description, DoubleSupplier value) {
    // Strong: a lambda that nobody else holds would be collected and read as NaN.
    Gauge.builder(PREFIX + name, value::getAsDouble)
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }
}
