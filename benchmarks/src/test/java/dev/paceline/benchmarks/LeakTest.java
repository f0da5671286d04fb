package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.v1.Mode;
import dev.paceline.v1.Open;
import dev.paceline.v1.ServerFrame;
import io.grpc.Status;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Many short sessions that end in every way; afterwards heap, file descriptors, threads and slots
 * are where they were. The profile {@code soak} runs 10,000 of them.
 */
class LeakTest {
  private static final int SLOTS = 4;
  private static final int CLIENTS = 4;
  private static final int SESSIONS = Integer.getInteger("paceline.soak.sessions", 200);
  private static final int WARM_UP = 60;
  private static final int TOKENS = 8;
  private static final long HEAP_SLACK = 6L << 20;

  /** Pools and compiled code still grow a little; memory for each session may not. */
  private static final long RESIDENT_SLACK = 128L << 20;

  private static final int[] PROMPT = {11, 12, 13, 14, 15};

  @Test
  void sessionsLeaveNothingBehind() throws Exception {
    Map<String, String> options =
        Map.of("slots", String.valueOf(SLOTS), "draft-model", ModelRegistry.NANO);
    try (BuiltInPair pair = new BuiltInPair(options)) {
      int[] alone = served(pair);
      run(pair, WARM_UP, alone);
      long heap = heapAfterCollection();
      long descriptors = descriptors();
      long resident = residentBytes();
      int threads = ManagementFactory.getThreadMXBean().getThreadCount();
      run(pair, SESSIONS, alone);
      pair.assertFree(SLOTS);
      Awaitility.await("file descriptors as before")
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(descriptors));
      Awaitility.await("threads as before")
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
                      .isLessThanOrEqualTo(threads + 2));
      Awaitility.await("heap as before")
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(heapAfterCollection()).isLessThan(heap + HEAP_SLACK));
      long residentAfter = residentBytes();
      System.out.printf(
          "%d sessions: heap %.1f to %.1f MB, resident %.1f to %.1f MB, descriptors %d to %d,"
              + " threads %d to %d%n",
          SESSIONS,
          heap * 1e-6,
          heapAfterCollection() * 1e-6,
          resident * 1e-6,
          residentAfter * 1e-6,
          descriptors,
          descriptors(),
          threads,
          ManagementFactory.getThreadMXBean().getThreadCount());
      assertThat(residentAfter).as("memory of the process").isLessThan(resident + RESIDENT_SLACK);
    }
  }

  private static void run(BuiltInPair pair, int sessions, int[] alone) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(CLIENTS);
    List<Future<?>> clients = new ArrayList<>();
    for (int c = 0; c < CLIENTS; c++) {
      int seed = c;
      clients.add(executor.submit(() -> client(pair, sessions / CLIENTS, seed, alone)));
    }
    for (Future<?> client : clients) {
      client.get();
    }
    executor.shutdown();
    assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  private static void client(BuiltInPair pair, int sessions, int seed, int[] alone) {
    Random random = new Random(seed);
    RawClient client = new RawClient(pair.port());
    for (int i = 0; i < sessions; i++) {
      RawClient.Call call = client.call();
      int kind = random.nextInt(8);
      if (kind == 0) {
        call.send(RawClient.frame(request(Mode.MODE_STREAM).addPromptIds(-1)));
        assertThat(call.status().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        continue;
      }
      Mode mode =
          kind < 5 ? Mode.MODE_STREAM : kind < 7 ? Mode.MODE_COLOCATED : Mode.MODE_SERVER_ONLY;
      boolean resumes = random.nextInt(4) == 0;
      int had = resumes ? 1 + random.nextInt(TOKENS - 1) : 0;
      Open.Builder open = request(mode);
      for (int k = 0; k < had; k++) {
        open.addResumeIds(alone[k]);
      }
      call.send(RawClient.frame(open));
      if (kind < 4) {
        call.send(RawClient.draft(0, PROMPT.length, random.ints(1 + kind, 0, 4096).toArray()));
      }
      switch (random.nextInt(8)) {
        case 0 -> {
          call.send(RawClient.cancel());
          assertThat(call.status().isOk()).as("%s", call.status()).isTrue();
        }
        case 1 -> call.reset();
        case 2 -> {
          call.await(ServerFrame::hasVerdict);
          client.close();
          client = new RawClient(pair.port());
        }
        case 3 -> {
          call.awaitOpened();
          call.send(RawClient.draft(0, Integer.MIN_VALUE, 1));
          assertThat(call.status().getCode()).isIn(Status.Code.INVALID_ARGUMENT, Status.Code.OK);
        }
        default -> {
          assertThat(call.status().isOk()).as("%s", call.status()).isTrue();
          assertThat(call.output()).isEqualTo(Arrays.copyOfRange(alone, had, TOKENS));
        }
      }
    }
    client.close();
  }

  private static int[] served(BuiltInPair pair) {
    try (RawClient client = new RawClient(pair.port())) {
      RawClient.Call call = client.call().send(RawClient.frame(request(Mode.MODE_SERVER_ONLY)));
      assertThat(call.status().isOk()).isTrue();
      return call.output();
    }
  }

  private static Open.Builder request(Mode mode) {
    return RawClient.request(PROMPT, mode, TOKENS);
  }

  private static long heapAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long residentBytes() {
    try {
      String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1];
      return Long.parseLong(pages) * 4096;
    } catch (IOException e) {
      // Not Linux: the heap and the descriptors are still checked.
      return 0;
    }
  }

  private static long descriptors() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    return system instanceof UnixOperatingSystemMXBean
        ? ((UnixOperatingSystemMXBean) system).getOpenFileDescriptorCount()
        : 0;
  }
}
