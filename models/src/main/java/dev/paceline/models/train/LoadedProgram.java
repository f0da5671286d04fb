package dev.paceline.models.train;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.torchscript.ArchiveWriter;
import dev.paceline.models.torchscript.ScriptModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A program on a device, whose methods are called by name. One thread; native memory until {@link
 * #close}.
 */
final class LoadedProgram implements AutoCloseable {
  private static final String METHOD = "module_method:";

  private final Model model;
  private final NDManager manager;
  private final ParameterStore parameters;

  /**
   * Compiles and loads a program.
   *
   * @throws UserError if the program cannot be written
   */
  LoadedProgram(ScriptModule module, Device device) {
    NativeMemory.keep();
    model = Model.newInstance("train", device, "PyTorch");
    manager = model.getNDManager().newSubManager();
    parameters = new ParameterStore(manager, false);
    boolean loaded = false;
    try {
      JniUtils.setGraphExecutorOptimize(false);
      Path folder = Files.createTempDirectory("paceline-train");
      try {
        ArchiveWriter.write(folder.resolve("train.pt"), module);
        model.load(folder, "train");
      } finally {
        CacheDirectory.deleteTree(folder);
      }
      loaded = true;
    } catch (IOException e) {
      throw new UserError("cannot write the training program: " + CacheDirectory.reason(e), e);
    } catch (MalformedModelException e) {
      throw new IllegalStateException(e);
    } finally {
      if (!loaded) {
        close();
      }
    }
  }

  /** A scope for arguments and results. */
  NDManager scope() {
    return manager.newSubManager();
  }

  /** Calls a method; the result belongs to the scope that the arguments belong to. */
  NDArray run(NDManager scope, String method, NDArray... arguments) {
    NDList inputs = new NDList(arguments.length + 1);
    NDArray tag = scope.create(0L);
    tag.setName(METHOD + method);
    inputs.add(tag);
    for (NDArray argument : arguments) {
      inputs.add(argument);
    }
    // Training mode: the program itself says where gradients are recorded.
    return model.getBlock().forward(parameters, inputs, true).singletonOrThrow();
  }

  @Override
  public void close() {
    manager.close();
    model.close();
  }
}
