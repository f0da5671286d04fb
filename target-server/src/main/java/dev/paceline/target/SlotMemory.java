package dev.paceline.target;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import com.sun.management.OperatingSystemMXBean;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.target.slots.SlotSizing;
import dev.paceline.target.slots.SlotSizing.KvShape;
import dev.paceline.target.slots.SlotSizing.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many KV slots a server makes, from the memory that is free before the load: as many as fit,
 * or as many as asked if they fit.
 */
final class SlotMemory {
  /** On a CPU other programs need memory too, and the operating system's cache of files. */
  private static final double CPU_FRACTION = 0.5;

  private static final double CUDA_FRACTION = 0.8;
  private static final int MOST = 64;

  /** Where the free memory is not known, or too little of it: a server should still start. */
  private static final int FEWEST = 1;

  private static final Logger LOG = LoggerFactory.getLogger(SlotMemory.class);

  private SlotMemory() {}

  /**
   * Sizes the slots.
   *
   * @param precision of the target
   * @param cuda whether the model will run there
   */
  static int slots(
      Gpt2Checkpoint checkpoint, ServerOptions options, Precision precision, boolean cuda) {
    Gpt2Config config = checkpoint.config();
    int elements = cuda && precision != Precision.FP32 ? 2 : Float.BYTES;
    KvShape shape = shape(config, elements);
    long free = Math.max(0, free(options.device(), cuda) - weights(config, precision));
    int context = options.contextLength() == 0 ? config.contextLength() : options.contextLength();
    double share = 1;
    if (options.draft().isPresent()) {
      // Each slot of the target has one of the draft model beside it.
      ServerDraft draft = options.draft().get();
      Gpt2Config small = DraftModel.config(DraftModel.source(draft));
      Precision drafted = DraftModel.precision(draft, cuda);
      int bytes = cuda && drafted != Precision.FP32 ? 2 : Float.BYTES;
      double ours = shape.bytesPerPosition();
      free = Math.max(0, free - weights(small, drafted));
      share = ours / (ours + shape(small, bytes).bytesPerPosition());
    }
    OptionalInt size = options.contextLength() == 0 ? OptionalInt.empty() : OptionalInt.of(context);
    if (options.slots().isPresent()) {
      return asked(shape, (long) (free * share), options.slots(), size);
    }
    double fraction = share * (cuda ? CUDA_FRACTION : CPU_FRACTION);
    if (free * fraction < (double) shape.bytesPerPosition() * context) {
      return FEWEST;
    }
    SlotSizing sizing =
        SlotSizing.of(shape, free, new Request(fraction, OptionalInt.empty(), size, MOST));
    LOG.info("{}", sizing.report());
    return sizing.slots();
  }

  /** Where the free memory is not known, the operator is taken at their word. */
  private static int asked(KvShape shape, long free, OptionalInt slots, OptionalInt size) {
    if (free > 0) {
      SlotSizing sizing = SlotSizing.of(shape, free, new Request(1, slots, size, MOST));
      LOG.info("{}", sizing.report());
    }
    return slots.getAsInt();
  }

  private static KvShape shape(Gpt2Config config, int elements) {
    return new KvShape(config.layers(), config.width(), elements, config.contextLength());
  }

  private static long weights(Gpt2Config config, Precision precision) {
    int bytes =
        switch (precision) {
          case FP32 -> Float.BYTES;
          case BF16, FP16 -> 2;
          case INT8, INT8_DYNAMIC -> 1;
        };
    return bytes * config.parameters();
  }

  private static long free(String device, boolean cuda) {
    if (cuda) {
      int colon = device.indexOf(':');
      int index = colon < 0 ? 0 : Integer.parseInt(device.substring(colon + 1));
      try {
        var memory = CudaUtils.getGpuMemory(Device.gpu(index));
        return memory.getMax() - memory.getCommitted();
      } catch (RuntimeException e) {
        LOG.warn("the free memory of {} is not known ({}); give --slots N", device, e.toString());
        return 0;
      }
    }
    return hostMemory();
  }

  /**
   * What programs may take. On Linux that is more than what nobody uses: cached files give way, and
   * a model that was read once is one. Within a container's limit the JDK knows better.
   */
  private static long hostMemory() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long free = system.getFreeMemorySize();
    long total = kernel("MemTotal");
    return total > 0 && system.getTotalMemorySize() >= total
        ? Math.max(free, kernel("MemAvailable"))
        : free;
  }

  /** A line of Linux's list, in bytes; 0 where there is none. */
  private static long kernel(String name) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
      return lines
          .filter(line -> line.matches(name + ": +[0-9]{1,12} kB"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }
}
