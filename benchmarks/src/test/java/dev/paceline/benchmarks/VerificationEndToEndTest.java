package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.common.sampling.ChiSquare;
import dev.paceline.common.sampling.Probabilities;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.speculation.draft.OutputRun;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.ModelDrafter;
import dev.paceline.draft.core.OutputCollector;
import dev.paceline.draft.rpc.GrpcTransport;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.target.ServerOptions;
import dev.paceline.target.TargetServer;
import dev.paceline.target.admission.AdmissionOptions;
import dev.paceline.target.engine.EngineOptions;
import dev.paceline.target.security.SecurityOptions;
import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.Draft;
import dev.paceline.v1.Mode;
import dev.paceline.v1.Open;
import dev.paceline.v1.SparseDistribution;
import dev.paceline.v1.Verification;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The rules that judge by probabilities, through client, wire and server: over a language whose
 * distribution is known, so that counts can be compared with what each rule must put out.
 */
class VerificationEndToEndTest {
  private static final float[] TARGET = {1.2f, 0.1f, 0.9f, -0.4f, 0.3f, -1.5f, -0.2f};
  private static final float[] DRAFT = {-0.6f, 0.9f, 0.8f, -0.1f, -0.9f, 0.2f, -3f};
  private static final int VOCABULARY = TARGET.length;
  private static final int CONTEXT = 1 << 14;
  private static final int WINDOW = 3;
  private static final int[] NO_STOP = {};
  private static final SamplingParams SAMPLING = new SamplingParams(1f, 0, 1f, 17);

  /** A server whose steps take no time, and one whose steps leave time for drafts to arrive. */
  private static TargetServer fast;

  private static TargetServer slow;

  @BeforeAll
  static void start() {
    fast = server(0);
    slow = server(500_000);
  }

  @AfterAll
  static void stop() {
    fast.close();
    slow.close();
  }

  private static TargetServer server(long stepNanos) {
    ServerOptions options =
        new ServerOptions(
            ModelRegistry.NANO,
            "127.0.0.1",
            0,
            Precision.FP32,
            "cpu",
            OptionalInt.of(2),
            0,
            1,
            new EngineOptions(64, 64, 16, 0, 0),
            new AdmissionOptions(16, 60_000, 0, 1e6, 1e6),
            SecurityOptions.NONE,
            OptionalInt.empty());
    return TargetServer.start(
        options, (source, one) -> new MarkovModel(TARGET, 2, CONTEXT, stepNanos));
  }

  private static OpenFrame open(
      DecodeMode mode, VerificationMode rule, SamplingParams sampling, int tokens) {
    return new OpenFrame(
        "", new byte[0], new int[] {2}, new int[0], sampling, tokens, NO_STOP, mode, rule, "test");
  }

  private static int[] generate(TargetServer server, OpenFrame open, Consumer<OutputRun> each)
      throws InterruptedException {
    try (DraftClient client =
        new DraftClient(
            new GrpcTransport("127.0.0.1:" + server.port(), VOCABULARY),
            new ModelDrafter(() -> new MarkovModel(DRAFT, 1, CONTEXT, 0)))) {
      OutputCollector collector = new OutputCollector(each);
      client.generate(open, DraftOptions.withWindow(WINDOW), collector);
      DraftOutcome outcome = collector.await();
      assertThat(outcome.reason()).as(outcome.sentence()).isEqualTo(FinishReason.LENGTH);
      if (server == fast) {
        assertThat(outcome.statistics().accepted()).isPositive();
      }
      return collector.output();
    }
  }

  private static int step(int from, int to) {
    return Math.floorMod(to - from, VOCABULARY);
  }

  private static double[] doubles(float[] values) {
    double[] copy = new double[values.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = values[i];
    }
    return copy;
  }

  /**
   * In a stream what is drafted and what the server decodes alone is the clock's business, and so
   * is then the text; its distribution is not.
   */
  @ParameterizedTest
  @EnumSource(
      value = DecodeMode.class,
      names = {"SYNC", "PEARL", "STREAM"})
  void residualWritesTheTargetsOwnDistribution(DecodeMode mode) throws Exception {
    boolean stream = mode == DecodeMode.STREAM;
    OpenFrame open = open(mode, VerificationMode.RESIDUAL, SAMPLING, stream ? 2_000 : 6_000);
    int[] text = generate(stream ? slow : fast, open, run -> {});
    long[] counts = new long[VOCABULARY];
    long[] pairs = new long[VOCABULARY * VOCABULARY];
    int before = 2;
    int last = -1;
    for (int id : text) {
      int step = step(before, id);
      counts[step]++;
      if (last >= 0) {
        pairs[last * VOCABULARY + step]++;
      }
      last = step;
      before = id;
    }
    double[] p = doubles(Probabilities.of(TARGET, SAMPLING));
    double[] products = new double[pairs.length];
    for (int i = 0; i < products.length; i++) {
      products[i] = p[i / VOCABULARY] * p[i % VOCABULARY];
    }
    // What timing decides makes these p-values of draws; one in ten thousand would be odd.
    assertThat(ChiSquare.pValue(counts, p)).isGreaterThan(1e-4);
    assertThat(ChiSquare.pValue(pairs, products)).isGreaterThan(1e-4);
  }

  @Test
  void paperDeviatesByTheTotalVariationOfItsRule() throws Exception {
    double[] p = doubles(Probabilities.of(TARGET, SAMPLING));
    double[] q = doubles(Probabilities.of(DRAFT, SAMPLING));
    double overlap = 0;
    double likelier = 0;
    for (int i = 0; i < VOCABULARY; i++) {
      overlap += Math.min(p[i], q[i]);
      likelier += q[i] > p[i] ? p[i] : 0;
    }
    double variation = (1 - overlap) * likelier;
    assertThat(variation).as("stated in benchmarks/README.md").isCloseTo(0.190, within(0.001));
    List<int[]> runs = new ArrayList<>();
    OpenFrame open = open(DecodeMode.SYNC, VerificationMode.PAPER, SAMPLING, 6_000);
    generate(fast, open, run -> runs.add(run.ids()));
    int judged = 0;
    int there = 0;
    int before = 2;
    // The last block may be short, and what is drafted for it too.
    for (int[] ids : runs.subList(0, runs.size() - 1)) {
      for (int i = 0; i < ids.length; i++) {
        int step = step(before, ids[i]);
        before = ids[i];
        // After a block that was accepted as a whole comes a token that nothing was drafted for.
        if (i < WINDOW) {
          judged++;
          there += q[step] > p[step] ? 1 : 0;
        }
      }
    }
    assertThat(judged).isGreaterThan(4_000);
    double measured = (double) there / judged - likelier;
    assertThat(measured).isCloseTo(variation, within(2.5 / Math.sqrt(judged)));
  }

  @Test
  void greedyTextIsTheTargetsOwnUnderEveryRule() throws Exception {
    int[] own = new int[200];
    int best = 0;
    for (int i = 0, token = 2; i < own.length; i++) {
      token = (token + best) % VOCABULARY;
      own[i] = token;
    }
    for (VerificationMode rule : VerificationMode.values()) {
      for (DecodeMode mode : DecodeMode.values()) {
        if (mode.drafts()) {
          OpenFrame open = open(mode, rule, SamplingParams.GREEDY, own.length);
          assertThat(generate(slow, open, run -> {})).as("%s %s", mode, rule).isEqualTo(own);
        }
      }
    }
  }

  @Test
  void whatCannotBeJudgedIsRefusedAndOthersGoOn() {
    try (RawClient client = new RawClient(fast.port())) {
      for (Mode mode : new Mode[] {Mode.MODE_SERVER_ONLY, Mode.MODE_COLOCATED}) {
        Open.Builder open =
            RawClient.request(new int[] {1}, mode, 4)
                .setVerification(Verification.VERIFICATION_RESIDUAL);
        refused(client.call().send(RawClient.frame(open)).status(), "stream, pearl or sync");
      }
      Draft.Builder draft = Draft.newBuilder().setPosition(1).addIds(3);
      refused(paper(client, draft), "0 probabilities");
      refused(paper(client, draft.clone().addQ(Float.NaN)), "NaN");
      refused(paper(client, draft.clone().addQ(-0.5f)), "-0.5");
      SparseDistribution.Builder more = SparseDistribution.newBuilder();
      more.addIds(3).addUnits(1 << 16).addIds(4).addUnits(1);
      refused(residual(client, draft.clone().addDistributions(more)), "65537/65536");
      SparseDistribution.Builder foreign = SparseDistribution.newBuilder();
      foreign.addIds(3).addUnits(1 << 15).addIds(VOCABULARY).addUnits(1 << 15);
      refused(residual(client, draft.clone().addDistributions(foreign)), "vocabulary of 7");
      RawClient.Call right =
          client.call().send(RawClient.frame(request(Verification.VERIFICATION_PAPER)));
      right.send(frame(draft.clone().addQ(0.5f)));
      right.await(answer -> answer.hasVerdict());
      right.send(RawClient.cancel());
      assertThat(right.status().isOk()).isTrue();
    }
  }

  private static Open.Builder request(Verification verification) {
    return RawClient.request(new int[] {1}, Mode.MODE_SYNC, 40).setVerification(verification);
  }

  private static ClientFrame frame(Draft.Builder draft) {
    return ClientFrame.newBuilder().setDraft(draft).build();
  }

  private static Status paper(RawClient client, Draft.Builder draft) {
    return client
        .call()
        .send(RawClient.frame(request(Verification.VERIFICATION_PAPER)))
        .send(frame(draft))
        .status();
  }

  private static Status residual(RawClient client, Draft.Builder draft) {
    return client
        .call()
        .send(RawClient.frame(request(Verification.VERIFICATION_RESIDUAL)))
        .send(frame(draft))
        .status();
  }

  private static void refused(Status status, String part) {
    assertThat(status.getCode()).as("%s", status).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains(part);
  }

  /** The built-in pair, whose logits come out of the compiled programs. */
  @Test
  void theBuiltInPairWritesItsOwnGreedyTextAndDrawsWhatIsAccepted() throws Exception {
    try (BuiltInPair pair = new BuiltInPair(2);
        DraftClient client = pair.client()) {
      for (VerificationMode rule :
          new VerificationMode[] {VerificationMode.PAPER, VerificationMode.RESIDUAL}) {
        int[] prompt = pair.prompts().get(0);
        int[] own = pair.targetAlone(prompt, SamplingParams.GREEDY, 60);
        for (DecodeMode mode :
            new DecodeMode[] {DecodeMode.SYNC, DecodeMode.PEARL, DecodeMode.STREAM}) {
          var greedy =
              pair.generate(client, pair.open(prompt, mode, rule, SamplingParams.GREEDY, 60), 4);
          assertThat(greedy.output()).as("%s %s", mode, rule).isEqualTo(own);
        }
        SamplingParams sampling = new SamplingParams(1f, 0, 1f, 3);
        var drawn =
            pair.generate(client, pair.open(prompt, DecodeMode.SYNC, rule, sampling, 120), 1);
        assertThat(drawn.output()).hasSize(120);
        // The overlap of the models; a wrong row of logits would leave next to none.
        assertThat(drawn.outcome().statistics().acceptanceRate()).isGreaterThan(0.4);
      }
    }
  }
}
