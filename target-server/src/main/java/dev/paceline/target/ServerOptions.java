package dev.paceline.target;

import dev.paceline.common.UserError;
import dev.paceline.models.compile.Precision;
import dev.paceline.target.admission.AdmissionOptions;
import dev.paceline.target.engine.EngineOptions;
import dev.paceline.target.security.SecurityOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How a target server runs.
 *
 * @param model id or folder
 * @param host address to listen on
 * @param port 0 takes a free one
 * @param precision null: fp16 on CUDA, fp32 elsewhere
 * @param device {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}, or several of them with
 *     commas between: one engine on each
 * @param slots key-value slots: sessions that decode at the same time; empty: as the memory allows
 * @param contextLength positions per slot; 0 for the model's own
 * @param threads of the CPU for one step; 0 chooses by the model's size
 * @param adminPort of the operator's pages on the loopback address; empty for none, 0 takes a free
 *     one
 * @param draft model for drafts of the server's own
 * @param keepAlive silence after which a client is asked whether it is there; without an answer
 *     within half of that its connection is closed and its sessions end
 */
public record ServerOptions(
    String model,
    String host,
    int port,
    @Nullable Precision precision,
    String device,
    OptionalInt slots,
    int contextLength,
    int threads,
    EngineOptions engine,
    AdmissionOptions admission,
    SecurityOptions security,
    OptionalInt adminPort,
    Optional<ServerDraft> draft,
    Duration keepAlive) {
  /** For those who are not told otherwise: a dead connection is noticed within 15 s. */
  public static final Duration USUAL_KEEP_ALIVE = Duration.ofSeconds(10);

  private static final Duration LONGEST_KEEP_ALIVE = Duration.ofHours(1);
  private static final int MOST_DEVICES = 64;

  public ServerOptions {
    if (port < 0 || port > 65535) {
      throw new UserError("--port " + port + " is not between 0 and 65535");
    }
    int admin = adminPort.orElse(0);
    if (admin < 0 || admin > 65535) {
      throw new UserError("--admin-port " + admin + " is not between 0 and 65535");
    }
    if (keepAlive.compareTo(Duration.ofSeconds(1)) < 0
        || keepAlive.compareTo(LONGEST_KEEP_ALIVE) > 0) {
      throw new UserError(
          "--keep-alive " + keepAlive.toSeconds() + " is not between 1 and 3600 seconds");
    }
  }

  /** A server without a draft model. */
  public ServerOptions(
      String model,
      String host,
      int port,
      @Nullable Precision precision,
      String device,
      OptionalInt slots,
      int contextLength,
      int threads,
      EngineOptions engine,
      AdmissionOptions admission,
      SecurityOptions security,
      OptionalInt adminPort) {
    this(
        model,
        host,
        port,
        precision,
        device,
        slots,
        contextLength,
        threads,
        engine,
        admission,
        security,
        adminPort,
        Optional.empty(),
        USUAL_KEEP_ALIVE);
  }

  /** The devices that engines run on, at least one. */
  public List<String> devices() {
    List<String> devices = List.of(device.split(",", -1));
    if (devices.size() > MOST_DEVICES) {
      throw new UserError(
          "--device names " + devices.size() + " devices, more than " + MOST_DEVICES);
    }
    for (String name : devices) {
      if (!name.matches("auto|cpu|cuda(:[0-9]{1,3})?")) {
        throw new UserError("--device '" + name + "' is not auto, cpu, cuda or cuda:N");
      }
    }
    return devices;
  }

  /** The same on one device. */
  ServerOptions onDevice(String one) {
    return new ServerOptions(
        model,
        host,
        port,
        precision,
        one,
        slots,
        contextLength,
        threads,
        engine,
        admission,
        security,
        adminPort,
        draft,
        keepAlive);
  }
}
