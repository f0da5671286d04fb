package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.control.ControlOptions;
import dev.paceline.common.speculation.control.Decision;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.OutputCollector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Automatic control over real gRPC: the target's own text, and decisions that can be seen. */
class AutoControlEndToEndTest {
  private static final int TOKENS = 60;

  @Test
  void writesWhatTheTargetAloneWritesAndSaysWhatItDecides() throws Exception {
    List<Decision> decisions = Collections.synchronizedList(new ArrayList<>());
    DraftOptions options =
        DraftOptions.withWindow(64).withControl(ControlOptions.DEFAULT.withTrace(decisions::add));
    try (BuiltInPair pair = new BuiltInPair(2);
        DraftClient client = pair.client()) {
      List<int[]> prompts = pair.prompts().subList(0, 6);
      for (int p = 0; p < prompts.size(); p++) {
        SamplingParams sampling = new SamplingParams(p % 2, 0, 1f, p);
        OutputCollector collector = new OutputCollector(run -> {});
        client.generate(
            pair.open(prompts.get(p), DecodeMode.STREAM, sampling, TOKENS), options, collector);
        collector.await();
        assertThat(collector.output())
            .as("prompt %d", p)
            .isEqualTo(pair.targetAlone(prompts.get(p), sampling, TOKENS));
      }
    }
    for (Decision decision : decisions) {
      assertThat(decision.window()).isBetween(0, 64);
      assertThat(decision.conditions().draftNanos()).isPositive();
      assertThat(decision.conditions().stepNanos()).isPositive();
    }
  }
}
