package dev.paceline.draft.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.energy.EnergyModel;
import dev.paceline.common.energy.PowerState;
import dev.paceline.common.link.BitRate;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.control.ControlOptions;
import dev.paceline.common.speculation.control.Decision;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.draft.power.CachedPower;
import dev.paceline.draft.power.LinuxPower;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the work is split, and who decides it: for every command that drafts. */
final class ControlFlags {
  /** In fixed modes, unless the user says otherwise. */
  private static final int USUAL_WINDOW = 8;

  /** What automatic control may choose up to; servers allow as many. */
  private static final int LARGEST_WINDOW = 64;

  private static final String STDERR = "-";
  private static final String SYSTEM_FILES = "/sys";

  /** Of GPT-2. */
  private static final long USUAL_PARAMETERS = 124_000_000;

  @Option(
      names = "--decode",
      paramLabel = "MODE",
      defaultValue = "auto",
      description =
          "auto, stream, pearl, sync, server-only, colocated or device-only; auto is a stream that"
              + " measures device, link, server and acceptance and drafts as far ahead as that pays"
              + " (default: ${DEFAULT-VALUE})")
  private String decode = "auto";

  @Option(
      names = "--verify",
      paramLabel = "RULE",
      defaultValue = "coupled",
      description =
          "coupled: the target's own text, token for token; residual: a text of the target's own"
              + " distribution; paper: by Eq. 1 of Koh and Yang, whose distribution is another"
              + " (default: ${DEFAULT-VALUE})")
  private String verify = "coupled";

  @Option(
      names = {"--window", "--gamma"},
      paramLabel = "auto|W",
      defaultValue = "auto",
      description =
          "draft tokens in flight, in sync and pearl the draft length; auto lets --decode auto"
              + " choose, is the measured ratio of draft and target speed in pearl and 8 in the"
              + " other modes (default: ${DEFAULT-VALUE})")
  private String window = "auto";

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      arity = "0..1",
      fallbackValue = STDERR,
      description = "one line for every change that --decode auto makes, to stderr or a file")
  private @Nullable String trace;

  @Option(
      names = "--uplink",
      paramLabel = "RATE",
      defaultValue = "unlimited",
      description = "send no faster than this, such as 64kbit or 8kB/s (default: ${DEFAULT-VALUE})")
  private String uplink = "unlimited";

  @Option(
      names = "--battery",
      paramLabel = "auto|PERCENT",
      defaultValue = "auto",
      description =
          "what --decode auto takes for the battery's level: below 30 %% it drafts less far ahead,"
              + " below 10 %% not at all; auto reads it, and the heat, where Linux shows them"
              + " (default: ${DEFAULT-VALUE})")
  private String battery = "auto";

  /**
   * @throws UserError if it is not the name of a mode
   */
  ClientMode mode() {
    return ClientMode.byName(decode);
  }

  /**
   * The rule that judges drafts.
   *
   * @throws UserError if it is not the name of one, or has nothing to judge in the chosen mode
   */
  VerificationMode verification() {
    for (VerificationMode rule : VerificationMode.values()) {
      if (rule.name().toLowerCase(Locale.ROOT).equals(verify)) {
        DecodeMode decodes = mode().decodeMode();
        if (decodes != null) {
          decodes.require(rule);
        } else if (rule != VerificationMode.COUPLED) {
          throw new UserError(
              "--verify " + verify + " needs a target, and --decode " + decode + " has none");
        }
        return rule;
      }
    }
    throw new UserError("--verify '" + verify + "' is not one of coupled, paper, residual");
  }

  /**
   * The window that was asked for; empty for auto.
   *
   * @throws UserError if it is not a window
   */
  OptionalInt window() {
    if (window.equals("auto")) {
      return OptionalInt.empty();
    }
    if (!window.matches("[0-9]{1,4}")) {
      throw new UserError("--window '" + window + "' is neither auto nor a number");
    }
    int number = Integer.parseInt(window);
    if (number < 1) {
      throw new UserError(
          "--window " + number + " is not positive; use --decode server-only to draft nothing");
    }
    return OptionalInt.of(number);
  }

  /**
   * How sessions of this command draft, with a draft model of GPT-2's size.
   *
   * @throws UserError if the window, the battery or the uplink is wrong or the trace cannot be
   *     written
   */
  DraftOptions draftOptions() {
    return draftOptions(USUAL_PARAMETERS);
  }

  /**
   * How sessions of this command draft. A window that the user fixed leaves automatic control
   * nothing to choose.
   *
   * @param parameters of the draft model, which say what energy a draft takes
   * @throws UserError if the window, the battery or the uplink is wrong or the trace cannot be
   *     written
   */
  DraftOptions draftOptions(long parameters) {
    return windowed(parameters).withUplink(BitRate.parse("--uplink", uplink));
  }

  private DraftOptions windowed(long parameters) {
    Supplier<PowerState> power = power();
    OptionalInt fixed = window();
    boolean chooses = mode() == ClientMode.AUTO || mode() == ClientMode.PEARL;
    if (!chooses || fixed.isPresent()) {
      return DraftOptions.withWindow(fixed.orElse(USUAL_WINDOW));
    }
    return DraftOptions.withWindow(LARGEST_WINDOW)
        .withControl(
            ControlOptions.DEFAULT
                .withEnergy(EnergyModel.ofDraft(parameters), power)
                .withTrace(sink()));
  }

  private Supplier<PowerState> power() {
    if (battery.equals("auto")) {
      Path root = Path.of(SYSTEM_FILES);
      return new CachedPower(new LinuxPower(root), System::nanoTime, ForkJoinPool.commonPool());
    }
    if (!battery.matches("[0-9]{1,3}%?") || Integer.parseInt(battery.replace("%", "")) > 100) {
      throw new UserError("--battery '" + battery + "' is neither auto nor a level of 0 to 100 %");
    }
    PowerState fixed = PowerState.onBattery(Integer.parseInt(battery.replace("%", "")) / 100.0);
    return () -> fixed;
  }

  private Consumer<Decision> sink() {
    String file = trace;
    if (file == null) {
      return decision -> {};
    }
    PrintStream out = file.equals(STDERR) ? System.err : open(file);
    return decision -> out.println("auto " + decision);
  }

  /** Every line is written as it comes, so there is nothing to lose at the program's end. */
  private static PrintStream open(String file) {
    try {
      return new PrintStream(new FileOutputStream(file), true, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UserError("--trace '" + file + "' cannot be written: " + e.getMessage(), e);
    }
  }
}
