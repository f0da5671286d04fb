package dev.paceline.benchmarks.survival;

import dev.paceline.benchmarks.emulation.EmulatedModel;
import dev.paceline.benchmarks.emulation.PickMemory;
import dev.paceline.benchmarks.emulation.StepTime;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.target.ServerOptions;
import dev.paceline.target.TargetServer;
import dev.paceline.target.admission.AdmissionOptions;
import dev.paceline.target.engine.EngineOptions;
import dev.paceline.target.security.SecurityOptions;
import java.util.OptionalInt;

/** A real server in this process, on an emulated device; what it had cached dies with it. */
final class EmulatedHost implements Host {
  private static final int SLOTS = 4;
  private static final EngineOptions ENGINE = new EngineOptions(128, 128, 64, 0, 0);
  private static final AdmissionOptions ADMISSION = new AdmissionOptions(16, 60_000, 0, 1e6, 1e6);

  private final PickMemory memory;
  private final StepTime speed;
  private TargetServer server;

  EmulatedHost(PickMemory memory, StepTime speed) {
    this.memory = memory;
    this.speed = speed;
    server = start();
  }

  private TargetServer start() {
    EmulatedModel device = new EmulatedModel(memory, SLOTS);
    TargetServer started =
        TargetServer.start(
            new ServerOptions(
                ModelRegistry.NANO,
                "127.0.0.1",
                0,
                Precision.FP32,
                "cpu",
                OptionalInt.of(SLOTS),
                0,
                1,
                ENGINE,
                ADMISSION,
                SecurityOptions.NONE,
                OptionalInt.empty()),
            (source, options) -> device);
    device.speed(speed);
    return started;
  }

  @Override
  public int port() {
    return server.port();
  }

  @Override
  public void kill() {
    server.close();
  }

  @Override
  public void restart() {
    server = start();
  }

  @Override
  public void close() {
    server.close();
  }
}
