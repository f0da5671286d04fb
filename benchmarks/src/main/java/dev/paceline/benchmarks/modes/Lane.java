package dev.paceline.benchmarks.modes;

import dev.paceline.benchmarks.emulation.EmulatedDrafter;
import dev.paceline.benchmarks.emulation.EmulatedLink;
import dev.paceline.benchmarks.emulation.EmulatedModel;
import dev.paceline.benchmarks.emulation.PickMemory;
import dev.paceline.benchmarks.emulation.SocketBytes;
import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.control.ControlOptions;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.rpc.GrpcTransport;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.target.ServerOptions;
import dev.paceline.target.TargetServer;
import dev.paceline.target.admission.AdmissionOptions;
import dev.paceline.target.engine.EngineOptions;
import dev.paceline.target.security.SecurityOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A server on an emulated device, a link, and a client with an emulated drafter. */
final class Lane implements AutoCloseable {
  private static final int SLOTS = 2;
  private static final int MAX_WINDOW = 64;
  private static final EngineOptions ENGINE = new EngineOptions(128, 128, MAX_WINDOW, 0, 0);
  private static final AdmissionOptions ADMISSION = new AdmissionOptions(16, 60_000, 0, 1e6, 1e6);
  private static final int[] NO_STOP = {};

  private final EmulatedModel device;
  private final @Nullable EmulatedModel serverDraft;
  private final TargetServer server;
  private final EmulatedLink link;
  private final EmulatedDrafter drafter;
  private final DraftClient client;

  /**
   * What one run of a way took.
   *
   * @param bytes of the client's socket, those of the request too
   */
  record Measured(double msPerToken, SocketBytes.PerToken bytes, List<int[]> outputs) {}

  /**
   * @param colocated whether the server has a draft model too
   */
  Lane(PickMemory target, PickMemory draft, int vocabulary, boolean colocated) {
    device = new EmulatedModel(target, SLOTS);
    EmulatedModel beside = colocated ? new EmulatedModel(draft, SLOTS) : null;
    serverDraft = beside;
    server =
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
            (source, options) -> device,
            beside == null ? null : model -> beside);
    try {
      link = new EmulatedLink(server.port());
    } catch (IOException e) {
      server.close();
      throw new UserError("no loopback port could be opened: " + e.getMessage(), e);
    }
    drafter = new EmulatedDrafter(draft);
    client = new DraftClient(new GrpcTransport("127.0.0.1:" + link.port(), vocabulary), drafter);
  }

  /**
   * The fixed modes that a lane can run, the target alone first.
   *
   * @param colocated whether the server has a draft model
   */
  static List<DecodeMode> modes(boolean colocated) {
    return colocated
        ? List.of(
            DecodeMode.SERVER_ONLY,
            DecodeMode.STREAM,
            DecodeMode.PEARL,
            DecodeMode.SYNC,
            DecodeMode.COLOCATED)
        : List.of(DecodeMode.SERVER_ONLY, DecodeMode.STREAM, DecodeMode.PEARL, DecodeMode.SYNC);
  }

  /** Sets link and devices to a cell's speeds. */
  void become(Cell cell) {
    device.speed(cell.stepTime());
    if (serverDraft != null) {
      serverDraft.speed(cell.serverDraftTime());
    }
    drafter.speed(cell.draftMs());
    link.roundTrip(cell.rttMs());
    double uplink = cell.uplinkBytesPerSecond();
    link.uplink(uplink == 0 ? Double.POSITIVE_INFINITY : uplink);
  }

  /**
   * Decodes all prompts, one after the other.
   *
   * @param tokens of each
   */
  Measured run(Way way, Cell cell, List<int[]> prompts, int tokens) {
    long nanos = 0;
    long count = 0;
    SocketBytes before = link.bytes();
    List<int[]> outputs = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      Pace pace = new Pace();
      OpenFrame open = open(way, cell, prompts.get(i), i, tokens);
      client.generate(open, options(way, cell), pace);
      DraftOutcome outcome = pace.await();
      if (outcome.reason() != FinishReason.LENGTH) {
        throw new UserError(
            "a generation of the measurement ended by "
                + outcome.reason()
                + ": "
                + outcome.sentence());
      }
      nanos += pace.nanos();
      count += pace.tokens();
      outputs.add(pace.output());
    }
    SocketBytes.PerToken bytes = link.bytes().since(before).per((long) prompts.size() * tokens);
    return new Measured(nanos * 1e-6 / Math.max(1, count), bytes, outputs);
  }

  private static DraftOptions options(Way way, Cell cell) {
    return way.automatic()
        ? DraftOptions.withWindow(MAX_WINDOW)
            .withControl(ControlOptions.DEFAULT.withUplink(cell::uplinkBytesPerSecond))
        : DraftOptions.withWindow(way.window());
  }

  private static OpenFrame open(Way way, Cell cell, int[] prompt, int seed, int tokens) {
    SamplingParams sampling =
        cell.temperature() == 0
            ? SamplingParams.GREEDY
            : new SamplingParams(cell.temperature(), 0, 1f, seed + 1L);
    return new OpenFrame(
        "",
        new byte[0],
        prompt,
        new int[0],
        sampling,
        tokens,
        NO_STOP,
        way.mode(),
        VerificationMode.COUPLED,
        way.name());
  }

  @Override
  public void close() {
    client.close();
    link.close();
    server.close();
  }
}
