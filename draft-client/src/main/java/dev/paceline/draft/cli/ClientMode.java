package dev.paceline.draft.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.speculation.DecodeMode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The values of {@code --decode}. */
enum ClientMode {
  /** A stream whose window moves; see {@code dev.paceline.common.speculation.control}. */
  AUTO(DecodeMode.STREAM),
  STREAM(DecodeMode.STREAM),
  PEARL(DecodeMode.PEARL),
  SYNC(DecodeMode.SYNC),
  SERVER_ONLY(DecodeMode.SERVER_ONLY),
  COLOCATED(DecodeMode.COLOCATED),
  DEVICE_ONLY(null);

  private final @Nullable DecodeMode decodeMode;

  ClientMode(@Nullable DecodeMode decodeMode) {
    this.decodeMode = decodeMode;
  }

  /** The mode that the server is asked for; null when none is asked. */
  @Nullable DecodeMode decodeMode() {
    return decodeMode;
  }

  String optionName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static ClientMode byName(String name) {
    return Arrays.stream(values())
        .filter(mode -> mode.optionName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserError(
                    "--decode '"
                        + name
                        + "' is not one of "
                        + Arrays.stream(values())
                            .map(ClientMode::optionName)
                            .collect(Collectors.joining(", "))));
  }
}
