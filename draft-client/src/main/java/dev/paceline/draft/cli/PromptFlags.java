package dev.paceline.draft.cli;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where {@code generate} takes what it continues. */
final class PromptFlags {
  /** Far more than any context holds. */
  static final int LONGEST = 4 << 20;

  private static final String STDIN = "-";

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "what to continue; -, and nothing unless at a terminal, is standard input")
  private @Nullable String prompt;

  @Option(
      names = "--prompt-file",
      paramLabel = "FILE",
      description = "read what to continue from a file; one line end at its end is not part of it")
  private @Nullable String file;

  @Option(
      names = "--jsonl",
      paramLabel = "FILE",
      description =
          "continue many: a JSON object in each line, {\"prompt\":...} and if wanted max_tokens,"
              + " temperature, top_k, top_p, seed, stop, id; one object for each comes out, in"
              + " order; - is standard input")
  private @Nullable String jsonl;

  /** Whether there are many prompts, to be read from {@link #lines}. */
  boolean many() {
    return jsonl != null;
  }

  /**
   * The one prompt.
   *
   * @throws UserError if there is none or more than one, or it cannot be read or is empty
   */
  String prompt() {
    if (prompt != null && file != null) {
      throw new UserError("--prompt and --prompt-file are given; one prompt can be continued");
    }
    String from = file != null ? "--prompt-file '" + file + "'" : "--prompt";
    String text;
    if (file != null) {
      text = file.equals(STDIN) ? standardInput() : read(file);
    } else if (prompt != null && !prompt.equals(STDIN)) {
      text = prompt;
    } else if (prompt == null && Terminals.input()) {
      throw new UserError("--prompt, --prompt-file or --jsonl is needed");
    } else {
      text = standardInput();
      from = "standard input; --prompt, --prompt-file or --jsonl say what to continue, and it";
    }
    if (text.isEmpty()) {
      throw new UserError(from + " is empty");
    }
    return text;
  }

  /**
   * The many prompts.
   *
   * @throws UserError if the file cannot be read, or a single prompt is given as well
   */
  InputStream lines() {
    if (prompt != null || file != null) {
      throw new UserError("--jsonl is given together with --prompt or --prompt-file");
    }
    String name = String.valueOf(jsonl);
    if (name.equals(STDIN)) {
      return System.in;
    }
    try {
      return Files.newInputStream(Path.of(name));
    } catch (IOException e) {
      throw unreadable("--jsonl", name, e);
    }
  }

  private static String read(String name) {
    try (InputStream in = Files.newInputStream(Path.of(name))) {
      return text("--prompt-file '" + name + "'", in);
    } catch (IOException e) {
      throw unreadable("--prompt-file", name, e);
    }
  }

  private static String standardInput() {
    try {
      return text("standard input", System.in);
    } catch (IOException e) {
      throw new UserError("standard input cannot be read: " + e.getMessage(), e);
    }
  }

  private static String text(String from, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(LONGEST + 1);
    if (bytes.length > LONGEST) {
      throw new UserError(from + " has more than " + LONGEST + " bytes");
    }
    String text = decode(from, bytes);
    return text.endsWith("\r\n")
        ? text.substring(0, text.length() - 2)
        : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  /**
   * @throws UserError if it is not UTF-8
   */
  static String decode(String from, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new UserError(from + " is not UTF-8 text", e);
    }
  }

  private static UserError unreadable(String option, String name, IOException e) {
    return new UserError(option + " '" + name + "' cannot be read: " + CacheDirectory.reason(e), e);
  }
}
