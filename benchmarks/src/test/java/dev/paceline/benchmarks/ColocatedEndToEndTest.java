package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.SpeculationStatistics;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.v1.DescribeRequest;
import dev.paceline.v1.DescribeResponse;
import dev.paceline.v1.Mode;
import dev.paceline.v1.ServerFrame;
import dev.paceline.v1.SpeculationGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server with a draft model of its own: what it drafts, for whom, and what it refuses. */
class ColocatedEndToEndTest {
  private static final int TOKENS = 160;

  private static BuiltInPair pair;

  @BeforeAll
  static void start() {
    pair = new BuiltInPair(Map.of("slots", "4", "draft-model", ModelRegistry.NANO));
  }

  @AfterAll
  static void stop() {
    pair.close();
  }

  /**
   * Long outputs, so that prompts are caught up with whatever drafting is found to cost here. How
   * many drafts are made is the clock's business; that each run of a session is exact is not.
   */
  @Test
  void colocatedWritesWhatTheTargetAloneWrites() throws Exception {
    long judged = 0;
    try (DraftClient client = pair.client()) {
      for (int p = 0; p < 4; p++) {
        int[] prompt = pair.prompts().get(p);
        SamplingParams sampling = new SamplingParams(p % 2, 0, 1f, p);
        var result =
            pair.generate(client, pair.open(prompt, DecodeMode.COLOCATED, sampling, TOKENS), 0);
        assertThat(result.output()).isEqualTo(pair.targetAlone(prompt, sampling, TOKENS));
        assertThat(result.outcome().reason()).isEqualTo(FinishReason.LENGTH);
        SpeculationStatistics server = Objects.requireNonNull(result.outcome().server());
        assertThat(server.drafted()).as("drafts of the client").isZero();
        assertThat(server.verifySteps() + server.serverAccepted()).isEqualTo(TOKENS);
        judged += server.serverDrafted();
      }
    }
    // Every session tries a draft after 32 steps without one, even where drafting does not pay.
    assertThat(judged).as("drafts of the server's own").isPositive();
  }

  /** A client that asks for a stream and never drafts. */
  @Test
  void aClientThatIsTooSlowGetsDraftsOfTheServer() {
    int[] prompt = pair.prompts().get(1);
    try (RawClient client = new RawClient(pair.port())) {
      RawClient.Call call =
          client.call().send(RawClient.frame(RawClient.request(prompt, Mode.MODE_STREAM, TOKENS)));
      ServerFrame last = call.await(ServerFrame::hasFinished);
      assertThat(call.output()).isEqualTo(pair.targetAlone(prompt, SamplingParams.GREEDY, TOKENS));
      assertThat(last.getFinished().getStatistics().getDrafted()).isZero();
      assertThat(last.getFinished().getStatistics().getServerDrafted()).isPositive();
    }
  }

  @Test
  void saysWhatItDraftsWith() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", pair.port()).usePlaintext().build();
    try {
      DescribeResponse offered =
          SpeculationGrpc.newBlockingStub(channel).describe(DescribeRequest.getDefaultInstance());
      assertThat(offered.getDraftModelId()).isEqualTo("paceline-nano-draft");
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aServerWithoutADraftModelSaysSo() {
    try (BuiltInPair plain = new BuiltInPair(1);
        RawClient client = new RawClient(plain.port())) {
      Status status =
          client
              .call()
              .send(RawClient.frame(RawClient.request(new int[] {1, 2}, Mode.MODE_COLOCATED, 4)))
              .status();
      assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(status.getDescription()).contains("no draft model", "--draft-model");
    }
  }

  @Test
  void aDraftModelThatIsNotThereIsRefused() {
    for (String other : List.of("openai-community/gpt2-none", "no-such-folder")) {
      assertThatThrownBy(() -> new BuiltInPair(Map.of("slots", "1", "draft-model", other)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(other);
    }
  }
}
