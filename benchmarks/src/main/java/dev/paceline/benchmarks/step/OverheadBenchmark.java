package dev.paceline.benchmarks.step;

import dev.paceline.benchmarks.Samples;
import dev.paceline.common.UserError;
import dev.paceline.common.local.LocalTarget;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.draft.core.SpeculationTransport;
import dev.paceline.draft.rpc.GrpcTransport;
import dev.paceline.v1.DescribeResponse;
import java.io.PrintStream;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What client and server add to a verification step: the time from sending a draft block to holding
 * its verdict, over real gRPC on loopback, less the duration of the step that the server states in
 * the verdict.
 */
final class OverheadBenchmark {
  private static final int DRAFT_LENGTH = 4;

  /**
   * Steps before the first one that counts: a server's code is compiled once it has run for a
   * while.
   */
  private static final int WARM_UP = 1500;

  private static final int MEASURED = 400;

  /** Milliseconds per verification step outside the model. */
  record Report(int steps, double medianMs, double p95Ms, double stepMedianMs) {
    void print(PrintStream out) {
      out.printf(
          "outside the model, per verification step over loopback gRPC: median %.3f ms, p95 %.3f ms"
              + " (%d steps; the step itself %.2f ms)%n",
          medianMs, p95Ms, steps, stepMedianMs);
    }
  }

  private OverheadBenchmark() {}

  /** Measures with a server of this model; a synchronous client drafts a constant token. */
  static Report run(String model) throws InterruptedException {
    LocalTarget local =
        ServiceLoader.load(LocalTarget.class)
            .findFirst()
            .orElseThrow(() -> new UserError("the target server is not part of this installation"));
    Samples overhead = new Samples();
    Samples step = new Samples();
    int warm = 0;
    try (LocalTarget.Running server = local.start(model, Map.of("slots", "1"))) {
      while (warm < WARM_UP) {
        warm += session(server.port(), new Samples(), new Samples());
      }
      while (overhead.count() < MEASURED) {
        session(server.port(), overhead, step);
      }
    }
    return new Report(overhead.count(), overhead.median(), overhead.percentile(95), step.median());
  }

  /** One synchronous generation; returns its steps. */
  private static int session(int port, Samples overhead, Samples step) throws InterruptedException {
    BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    try (GrpcTransport transport = new GrpcTransport("127.0.0.1:" + port, Integer.MAX_VALUE)) {
      DescribeResponse server = transport.describe();
      int tokens = server.getLimits().getContextLength() - 8;
      SpeculationTransport.Stream stream = transport.connect(new Queue(answers));
      stream.open(
          new OpenFrame(
              "",
              new byte[0],
              new int[] {1, 2, 3},
              new int[0],
              SamplingParams.GREEDY,
              tokens,
              new int[0],
              DecodeMode.SYNC,
              VerificationMode.COUPLED,
              "overhead"));
      int position = 3;
      int epoch = 0;
      for (int steps = 0; ; steps++) {
        long sent = System.nanoTime();
        stream.draft(new DraftFrame(epoch, position, new int[DRAFT_LENGTH]));
        Object answer = answers.take();
        if (answer instanceof OpenedFrame) {
          sent = System.nanoTime();
          answer = answers.take();
        }
        long received = System.nanoTime();
        if (answer instanceof VerdictFrame verdict) {
          position = verdict.firstPosition() + verdict.ids().length;
          epoch = verdict.epoch();
          if (steps > 0) {
            overhead.add((received - sent - verdict.stepNanos()) * 1e-6);
            step.add(verdict.stepNanos() * 1e-6);
          }
        } else if (answer instanceof FinishedFrame) {
          return steps;
        } else {
          throw new UserError("the server ended the measurement: " + answer);
        }
      }
    }
  }

  /** Puts every answer into one queue; what ended the stream as its sentence. */
  private record Queue(BlockingQueue<Object> answers) implements SpeculationTransport.Receiver {
    @Override
    public void opened(OpenedFrame frame) {
      answers.add(frame);
    }

    @Override
    public void verdict(VerdictFrame frame) {
      answers.add(frame);
    }

    @Override
    public void finished(FinishedFrame frame) {
      answers.add(frame);
    }

    @Override
    public void lost(String sentence) {
      answers.add(sentence);
    }

    @Override
    public void refused(String sentence) {
      answers.add(sentence);
    }
  }
}
