package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.benchmarks.emulation.LoopbackProxy;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.v1.FinishReason;
import dev.paceline.v1.Mode;
import dev.paceline.v1.ServerFrame;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server with one slot: whoever goes away, at whatever moment and in whatever way, makes room for
 * the next.
 */
class CancelTest {
  private static final int TOKENS = 12;

  private static BuiltInPair pair;
  private static int[] prompt;
  private static int[] alone;

  /** When the session goes. */
  private enum Moment {
    /** Another session has the slot. */
    QUEUED,
    /** A prompt of many chunks is being computed. */
    PREFILL,
    /** The target decodes by itself, one step after the other. */
    STEP,
    /** Drafts have come and more are expected, so the server holds a step for them. */
    HOLD,
    /** The server waits for a block. */
    WAITING
  }

  @BeforeAll
  static void start() {
    pair = new BuiltInPair(Map.of("slots", "1", "prefill-chunk", "2"));
    prompt = pair.prompts().get(0);
    alone = pair.targetAlone(prompt, SamplingParams.GREEDY, TOKENS);
  }

  @AfterAll
  static void stop() {
    pair.close();
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledSessionMakesRoom(Moment moment) {
    try (RawClient client = new RawClient(pair.port());
        RawClient first = new RawClient(pair.port())) {
      RawClient.Call occupant = occupied(moment, first);
      RawClient.Call call = reach(moment, client);
      call.send(RawClient.cancel());
      ServerFrame last = call.await(ServerFrame::hasFinished);
      assertThat(last.getFinished().getReason()).isEqualTo(FinishReason.FINISH_REASON_CANCELLED);
      assertThat(call.status().isOk()).isTrue();
      occupant.reset();
      theNextSessionIsServed();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSessionWhoseStreamIsResetMakesRoom(Moment moment) {
    try (RawClient client = new RawClient(pair.port());
        RawClient first = new RawClient(pair.port())) {
      RawClient.Call occupant = occupied(moment, first);
      reach(moment, client).reset();
      occupant.reset();
      theNextSessionIsServed();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSessionWhoseConnectionBreaksMakesRoom(Moment moment) throws Exception {
    try (LoopbackProxy proxy = new LoopbackProxy(pair.port());
        RawClient client = new RawClient(proxy.port());
        RawClient first = new RawClient(pair.port())) {
      RawClient.Call occupant = occupied(moment, first);
      reach(moment, client);
      proxy.cut();
      occupant.reset();
      theNextSessionIsServed();
    }
  }

  /** Takes the slot if the moment is one of waiting for it. */
  private static RawClient.Call occupied(Moment moment, RawClient client) {
    RawClient.Call occupant = client.call();
    if (moment == Moment.QUEUED) {
      occupant.send(RawClient.frame(RawClient.request(prompt, Mode.MODE_SYNC, TOKENS)));
      occupant.awaitOpened();
    }
    return occupant;
  }

  private static RawClient.Call reach(Moment moment, RawClient client) {
    RawClient.Call call = client.call();
    switch (moment) {
      case QUEUED -> call.send(RawClient.frame(RawClient.request(prompt, Mode.MODE_STREAM, 900)));
      case PREFILL -> {
        int[] filler = new int[500];
        Arrays.setAll(filler, i -> (i * 37 + 11) % 4096);
        call.send(RawClient.frame(RawClient.request(filler, Mode.MODE_STREAM, 100)));
        call.awaitOpened();
      }
      case STEP -> {
        call.send(RawClient.frame(RawClient.request(prompt, Mode.MODE_SERVER_ONLY, 900)));
        call.await(ServerFrame::hasVerdict);
      }
      case HOLD -> {
        call.send(RawClient.frame(RawClient.request(prompt, Mode.MODE_STREAM, 900)));
        for (int i = 0; i < 4; i++) {
          call.send(RawClient.draft(0, prompt.length + i, alone[i]));
        }
        call.await(ServerFrame::hasVerdict);
      }
      case WAITING -> {
        call.send(RawClient.frame(RawClient.request(prompt, Mode.MODE_SYNC, 900)));
        call.send(RawClient.draft(0, prompt.length, Arrays.copyOf(alone, 3)));
        call.await(ServerFrame::hasVerdict);
      }
    }
    return call;
  }

  private static void theNextSessionIsServed() {
    try (RawClient client = new RawClient(pair.port())) {
      RawClient.Call next = client.call();
      next.send(RawClient.frame(RawClient.request(prompt, Mode.MODE_SERVER_ONLY, TOKENS)));
      assertThat(next.status().isOk()).as("%s", next.status()).isTrue();
      assertThat(next.output()).isEqualTo(alone);
    }
  }
}
