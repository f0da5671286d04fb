package dev.paceline.target;

import dev.paceline.common.UserError;
import dev.paceline.models.compile.Precision;
import dev.paceline.target.admission.AdmissionOptions;
import dev.paceline.target.engine.EngineOptions;
import dev.paceline.target.security.SecurityOptions;
import java.util.OptionalInt;

/**
 * How a target server runs.
 *
 * @param model id or folder
 * @param host address to listen on
 * @param port 0 takes a free one
 * @param slots key-value slots: sessions that decode at the same time; empty: as the memory allows
 * @param contextLength positions per slot; 0 for the model's own
 * @param threads of the CPU for one step; 0 chooses by the model's size
 * @param adminPort of the operator's pages on the loopback address; empty for none, 0 takes a free
 *     one
 */
public record ServerOptions(
    String model,
    String host,
    int port,
    Precision precision,
    String device,
    OptionalInt slots,
    int contextLength,
    int threads,
    EngineOptions engine,
    AdmissionOptions admission,
    SecurityOptions security,
    OptionalInt adminPort) {
  public ServerOptions {
    if (port < 0 || port > 65535) {
      throw new UserError("--port " + port + " is not between 0 and 65535");
    }
    int admin = adminPort.orElse(0);
    if (admin < 0 || admin > 65535) {
      throw new UserError("--admin-port " + admin + " is not between 0 and 65535");
    }
  }
}
