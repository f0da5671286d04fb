package dev.paceline.target.security;

import dev.paceline.common.UserError;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tokens of a file, one per line; empty lines and lines that begin with {@code #} are skipped.
 * Only SHA-256 digests stay in memory, and a check takes the same time whichever token matches or
 * none does.
 *
 * <p>A file that is emptied later revokes all tokens. A revoked token ends no stream that stands.
 * Thread-safe.
 */
public final class BearerTokens implements Reloadable {
  /** Shorter ones could be guessed. */
  public static final int SHORTEST = 16;

  private final WatchedFile file;
  private volatile List<Token> tokens;

  private record Token(int line, byte[] digest) {}

  private BearerTokens(WatchedFile file) {
    this.file = file;
    this.tokens = List.of();
  }

  /**
   * Reads the file.
   *
   * @throws UserError if it cannot be read, has no token or one that is too short
   */
  public static BearerTokens fromFile(Path path) {
    BearerTokens result = new BearerTokens(new WatchedFile(path));
    boolean unused = result.reload();
    if (result.tokens.isEmpty()) {
      throw new UserError("no token in " + path + "; it should have one per line");
    }
    return result;
  }

  /**
   * Checks a token.
   *
   * @return a name for its holder that tells nothing about the token, {@code token-LINE}; or
   *     nothing if it is unknown
   */
  public Optional<String> holder(String token) {
    byte[] digest = Digests.sha256(token.getBytes(StandardCharsets.UTF_8));
    int line = 0;
    for (Token known : tokens) {
      // Every token is compared, also after a match.
      line |= MessageDigest.isEqual(known.digest(), digest) ? known.line() : 0;
    }
    return line == 0 ? Optional.empty() : Optional.of("token-" + line);
  }

  /** Tokens in force. */
  public int size() {
    return tokens.size();
  }

  @Override
  public synchronized boolean reload() {
    byte[] contents = file.read();
    if (!file.differs(contents)) {
      return false;
    }
    tokens = parse(new String(contents, StandardCharsets.UTF_8));
    file.accept(contents);
    return true;
  }

  @Override
  public String describe() {
    return "bearer tokens from " + file;
  }

  private List<Token> parse(String text) {
    List<Token> parsed = new ArrayList<>();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String token = lines[i].strip();
      if (token.isEmpty() || token.startsWith("#")) {
        continue;
      }
      if (token.length() < SHORTEST) {
        throw new UserError(
            String.format(
                "the token in line %d of %s has %d characters, at least %d are needed",
                i + 1, file, token.length(), SHORTEST));
      }
      byte[] digest = Digests.sha256(token.getBytes(StandardCharsets.UTF_8));
      // The same token twice would mix two line numbers.
      if (parsed.stream().noneMatch(t -> MessageDigest.isEqual(t.digest(), digest))) {
        parsed.add(new Token(i + 1, digest));
      }
    }
    return List.copyOf(parsed);
  }
}
