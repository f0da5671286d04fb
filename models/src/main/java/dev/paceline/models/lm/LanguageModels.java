package dev.paceline.models.lm;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.jni.JniUtils;
import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.compile.Backend;
import dev.paceline.models.compile.CompiledModels;
import dev.paceline.models.compile.CpuFlags;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.compile.ProgramSpec;
import dev.paceline.models.compile.Shortlist;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads language models. */
public final class LanguageModels {
  private static final int FP32_BLOCK = 64;
  private static final Logger log = LoggerFactory.getLogger(LanguageModels.class);

  private LanguageModels() {}

  /** Loads a checkpoint under the name of its folder, with the standard cache. */
  public static LanguageModel load(Gpt2Checkpoint checkpoint, LoadOptions options) {
    return load(String.valueOf(checkpoint.directory().getFileName()), checkpoint, options);
  }

  /** Loads a checkpoint with the standard cache. */
  public static LanguageModel load(String id, Gpt2Checkpoint checkpoint, LoadOptions options) {
    return load(id, checkpoint, options, CacheDirectory.standard());
  }

  /**
   * Compiles a checkpoint if that has not been done, and loads it. The checkpoint may be closed
   * afterwards.
   *
   * @param id name for people
   * @param cache keeps compiled programs
   * @throws UserError if the options do not suit the model or the machine
   */
  public static LanguageModel load(
      String id, Gpt2Checkpoint checkpoint, LoadOptions options, CacheDirectory cache) {
    Gpt2Config config = checkpoint.config();
    int context = options.contextLength() == 0 ? config.contextLength() : options.contextLength();
    if (context > config.contextLength()) {
      throw new UserError(
          "context length "
              + context
              + " is more than the "
              + config.contextLength()
              + " positions of "
              + id);
    }
    Device device = device(options.device());
    if (options.threads() > 0) {
      JniUtils.setNumThreads(options.threads());
    }
    Backend backend = backend(device, options, config);
    ProgramSpec spec = spec(checkpoint, options, backend);
    try {
      return load(id, checkpoint, options, spec, context, device, cache);
    } catch (EngineException e) {
      if (backend != Backend.ONEDNN) {
        throw e;
      }
      log.warn("this CPU has no packed {} kernel; using slower ones", options.precision(), e);
      ProgramSpec plain = spec(checkpoint, options, Backend.CPU);
      return load(id, checkpoint, options, plain, context, device, cache);
    }
  }

  /**
   * oneDNN's packed float32 layers were seen to be wrong on a Zen 5 at a width of 48, where they
   * are right at whole blocks of 64, as GPT-2 and its larger sizes have. On a CPU without bfloat16
   * instructions its bfloat16 layers give half of all rows another last place in other company
   * (seen with AVX-512 alone, widths 48 to 768).
   */
  private static Backend backend(Device device, LoadOptions options, Gpt2Config config) {
    Backend best = Backend.of(device.isGpu());
    if (best != Backend.ONEDNN) {
      return best;
    }
    boolean packs =
        switch (options.precision()) {
          case FP32 -> config.width() % FP32_BLOCK == 0 && config.innerWidth() % FP32_BLOCK == 0;
          case BF16 -> CpuFlags.bfloat16();
          default -> true;
        };
    if (!packs && options.precision() == Precision.BF16) {
      log.warn("this CPU has no bfloat16 instructions: precision bf16 is slower than fp32 here");
    }
    return packs ? best : Backend.CPU;
  }

  /**
   * Loads a model that drafts, in the program for drafts where there is one ({@code int8-dynamic}
   * on a CPU), with the standard cache.
   *
   * @param options of which the slots do not matter
   * @throws UserError if the options do not suit the model or the machine
   */
  public static DraftModel loadDraft(
      String id, Gpt2Checkpoint checkpoint, LoadOptions options, Shortlist shortlist) {
    return loadDraft(id, checkpoint, options, shortlist, CacheDirectory.standard());
  }

  static DraftModel loadDraft(
      String id,
      Gpt2Checkpoint checkpoint,
      LoadOptions options,
      Shortlist shortlist,
      CacheDirectory cache) {
    if (options.precision() != Precision.INT8_DYNAMIC) {
      return new StepDraftModel(load(id, checkpoint, options.withSlots(1), cache));
    }
    Device device = device(options.device());
    if (options.threads() > 0) {
      JniUtils.setNumThreads(options.threads());
    }
    ProgramSpec spec = spec(checkpoint, options, Backend.of(device.isGpu()));
    Gpt2Config config = checkpoint.config();
    Path archive = CompiledModels.obtainDraft(checkpoint, spec, shortlist, cache);
    ModelInfo info =
        new ModelInfo(
            id,
            config,
            spec.precision(),
            "cpu",
            shortlist.weightBytesPerDraft(spec),
            1,
            options.contextLength() == 0 ? config.contextLength() : options.contextLength(),
            checkpoint.digest());
    return new TorchDraftModel(info, shortlist.pickable(config), archive);
  }

  private static ProgramSpec spec(Gpt2Checkpoint checkpoint, LoadOptions options, Backend backend) {
    return new ProgramSpec(checkpoint.config(), options.precision(), backend, checkpoint.tied());
  }

  static LanguageModel load(
      String id,
      Gpt2Checkpoint checkpoint,
      LoadOptions options,
      ProgramSpec spec,
      int context,
      Device device,
      CacheDirectory cache) {
    Path archive = CompiledModels.obtain(checkpoint, spec, cache);
    ModelInfo info =
        new ModelInfo(
            id,
            checkpoint.config(),
            spec.precision(),
            device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu",
            spec.weightBytesPerStep(),
            options.slots(),
            context,
            checkpoint.digest());
    return new TorchLanguageModel(info, spec, archive, device);
  }

  /**
   * Whether a model would run on CUDA.
   *
   * @param device as in {@link LoadOptions}
   */
  public static boolean cuda(String device) {
    return device.startsWith("cuda")
        || device.equals("auto") && Engine.getEngine("PyTorch").getGpuCount() > 0;
  }

  /**
   * Checks that a device is there, before anything else is done for it.
   *
   * @param device as in {@link LoadOptions}
   * @throws UserError if it is not
   */
  public static void requireDevice(String device) {
    Device unused = device(device);
  }

  private static Device device(String name) {
    int gpus = Engine.getEngine("PyTorch").getGpuCount();
    if (name.equals("cpu") || name.equals("auto") && gpus == 0) {
      return Device.cpu();
    }
    int index = name.contains(":") ? Integer.parseInt(name.substring(name.indexOf(':') + 1)) : 0;
    if (index >= gpus) {
      throw new UserError(
          "device '"
              + name
              + "' is not there: PyTorch sees "
              + gpus
              + " CUDA devices"
              + (gpus > 0
                  ? ""
                  : "; with an NVIDIA GPU and driver, point PYTORCH_LIBRARY_PATH at the lib folder"
                      + " of a CUDA libtorch 2.7.1 and set PYTORCH_VERSION=2.7.1 and"
                      + " PYTORCH_FLAVOR=cu128 (README, CUDA)"));
    }
    return Device.gpu(index);
  }
}
