package dev.paceline.benchmarks.emulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.lm.Segment;
import dev.paceline.models.lm.Sequence;
import dev.paceline.models.registry.ModelRegistry;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Emulated devices answer what the real ones do, and never too soon. */
class EmulationTest {
  private static final SamplingParams SAMPLING = new SamplingParams(1f, 0, 1f, 5);

  @Test
  void anEmulatedModelPicksWhatTheRealOnePicks() {
    try (LanguageModel real = load(1);
        PickMemory memory = new PickMemory(() -> load(3))) {
      EmulatedModel emulated = new EmulatedModel(memory, 2);
      emulated.speed(new StepTime(0, 0));
      Sequence truth = new Sequence(real, 0, SAMPLING);
      int[] prompt = {7, 8, 9, 10};
      int token = truth.start(prompt).tokens()[0];
      emulated.step(List.of(Segment.prefill(1, 0, 7, 8, 9)));
      int mine = emulated.step(List.of(Segment.decode(1, 3, SAMPLING, 10))).segment(0).tokens()[0];
      assertThat(mine).isEqualTo(token);
      for (int position = 4; position < 30; position++) {
        // A wrong draft behind the token, which the next step overwrites.
        int[] picks =
            emulated
                .step(List.of(Segment.decode(1, position, SAMPLING, token, 1)))
                .segment(0)
                .tokens();
        token = truth.step(token).tokens()[0];
        assertThat(picks[0]).as("after position %d", position).isEqualTo(token);
      }
      int before = memory.size();
      emulated.step(List.of(Segment.decode(1, 0, SAMPLING, prompt)));
      int after = memory.size();
      emulated.step(List.of(Segment.decode(0, 0, SAMPLING, prompt)));
      assertThat(after).isEqualTo(before + 3);
      assertThat(memory.size()).as("remembered").isEqualTo(after);
    }
  }

  @Test
  void aStepIsNeverShorterThanItsTime() {
    try (PickMemory memory = new PickMemory(() -> load(1))) {
      EmulatedModel emulated = new EmulatedModel(memory, 1);
      emulated.speed(new StepTime(20, 5));
      long started = System.nanoTime();
      emulated.step(List.of(Segment.decode(0, 0, SAMPLING, 1, 2, 3)));
      assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(30_000_000);
    }
  }

  @Test
  void aLinkDelaysKeepsTheOrderAndCounts() throws Exception {
    try (ServerSocket far = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        EmulatedLink link = new EmulatedLink(far.getLocalPort());
        Socket client = new Socket(InetAddress.getLoopbackAddress(), link.port());
        Socket server = far.accept()) {
      link.roundTrip(40);
      link.uplink(1000);
      OutputStream out = client.getOutputStream();
      long started = System.nanoTime();
      out.write(new byte[] {1, 2});
      out.flush();
      out.write(new byte[48]);
      InputStream in = server.getInputStream();
      assertThat(in.readNBytes(2)).containsExactly(1, 2);
      assertThat(in.readNBytes(48)).hasSize(48);
      // 20 ms for the way and 50 ms for 50 bytes.
      assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(70_000_000);
      SocketBytes sent = link.bytes();
      assertThat(sent).isEqualTo(new SocketBytes(50, 0));
      server.getOutputStream().write(9);
      assertThat(client.getInputStream().read()).isEqualTo(9);
      SocketBytes answered = link.bytes().since(sent);
      assertThat(answered).isEqualTo(new SocketBytes(0, 1));
      assertThat(link.bytes().per(100)).isEqualTo(new SocketBytes.PerToken(0.5, 0.01));
      client.close();
      assertThat(in.read()).as("the end comes through").isEqualTo(-1);
    }
  }

  private static LanguageModel load(int slots) {
    try (Gpt2Checkpoint checkpoint =
        Gpt2Checkpoint.open(
            ModelRegistry.standard().pair(ModelRegistry.NANO).draft().directory())) {
      return LanguageModels.load(
          "draft", checkpoint, LoadOptions.of(Precision.FP32).withSlots(slots).withThreads(1));
    }
  }
}
