package dev.paceline.models.train;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.Digests;
import dev.paceline.models.tokenizer.Tokenizer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A text as token ids, 16 bits each, mapped from a file in the cache. Documents are separated by
 * the token that ends a text, if the tokenizer has one.
 */
final class Corpus {
  private static final int LARGEST_VOCABULARY = 1 << 16;
  private static final int PIECE_CHARS = 1 << 18;

  private final ShortBuffer tokens;
  private final String key;

  private Corpus(ShortBuffer tokens, String key) {
    this.tokens = tokens;
    this.key = key;
  }

  /** Token ids as a corpus. */
  static Corpus of(int... ids) {
    ShortBuffer buffer = ShortBuffer.allocate(ids.length);
    for (int id : ids) {
      buffer.put((short) id);
    }
    return new Corpus(buffer.flip(), Arrays.toString(ids));
  }

  /**
   * Reads a text file, or every file of a folder in the order of their names, and tokenizes them
   * unless the cache has the result.
   *
   * @throws UserError if there is no text or the vocabulary does not fit 16 bits
   */
  static Corpus open(Path path, Tokenizer tokenizer, CacheDirectory cache) {
    if (tokenizer.vocabSize() > LARGEST_VOCABULARY) {
      throw new UserError(
          "a vocabulary of " + tokenizer.vocabSize() + " does not fit the corpus cache's 16 bits");
    }
    try {
      List<Path> files = files(path);
      StringBuilder key = new StringBuilder(tokenizer.fingerprint());
      for (Path file : files) {
        key.append('\n').append(Digests.sha256(file));
      }
      Path made = cache.resolve("corpora", Digests.sha256(key.toString()) + ".u16");
      cache.obtain(made, to -> tokenize(files, tokenizer, to));
      return map(made, key.toString());
    } catch (IOException e) {
      throw new UserError("cannot read " + path + ": " + CacheDirectory.reason(e), e);
    }
  }

  /**
   * A file of token ids, 16 bits each, little-endian.
   *
   * @param key names the text: the same key, the same tokens
   */
  static Corpus map(Path file, String key) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      return new Corpus(bytes.order(ByteOrder.LITTLE_ENDIAN).asShortBuffer(), key);
    }
  }

  /** What the tokens depend on. */
  String key() {
    return key;
  }

  int size() {
    return tokens.limit();
  }

  int token(int index) {
    return tokens.get(index) & 0xFFFF;
  }

  /** Tokens [from, from + count). */
  int[] window(int from, int count) {
    int[] window = new int[count];
    for (int i = 0; i < count; i++) {
      window[i] = token(from + i);
    }
    return window;
  }

  private static List<Path> files(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new UserError(path + " does not exist: name a text file or a folder of text files");
    }
    List<Path> files = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(path.toRealPath())) {
      walk.filter(Files::isRegularFile).sorted().forEach(files::add);
    }
    if (files.isEmpty()) {
      throw new UserError(path + " has no files: name a folder of text files");
    }
    return files;
  }

  private static void tokenize(List<Path> files, Tokenizer tokenizer, Path to) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(to), 1 << 16)) {
      for (Path file : files) {
        String text =
            StandardCharsets.UTF_8.decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
        for (CharBuffer piece : pieces(text)) {
          for (int id : tokenizer.encode(piece.toString())) {
            put(out, id);
          }
        }
        if (tokenizer.eosToken() >= 0) {
          put(out, tokenizer.eosToken());
        }
      }
    }
  }

  /** Pieces that end at a line's end where possible, so that no token is cut. */
  private static List<CharBuffer> pieces(String text) {
    List<CharBuffer> pieces = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int to = Math.min(text.length(), from + PIECE_CHARS);
      int line = to < text.length() ? text.lastIndexOf('\n', to) : -1;
      to = line > from ? line : to;
      pieces.add(CharBuffer.wrap(text, from, to));
      from = to;
    }
    return pieces;
  }

  /** Writes a token as {@link #map} reads it. */
  static void put(OutputStream out, int id) throws IOException {
    out.write(id);
    out.write(id >> 8);
  }
}
