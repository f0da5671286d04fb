package dev.paceline.models.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.JsonFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A byte-level BPE tokenizer. Any text survives the way to ids and back: {@code
 * decode(encode(text))} is {@code text}, except that a surrogate without its partner, which is no
 * character, becomes U+FFFD. No token is added at either end. Thread-safe; holds native memory
 * until {@link #close()}.
 */
public final class Tokenizer implements AutoCloseable {
  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  private final HuggingFaceTokenizer encoder;
  private final byte[][] bytes;
  private final int eosToken;
  private final String fingerprint;
  private final Path source;

  private Tokenizer(HuggingFaceTokenizer encoder, Vocabulary vocabulary, String eos, Path source) {
    this.encoder = encoder;
    this.bytes = vocabulary.bytes();
    this.eosToken = vocabulary.id(eos);
    this.fingerprint = vocabulary.fingerprint();
    this.source = source;
  }

  /**
   * Opens the tokenizer of a model folder, with the standard cache.
   *
   * @throws UserError as {@link #open(Path, CacheDirectory)}
   */
  public static Tokenizer open(Path directory) {
    return open(directory, CacheDirectory.standard());
  }

  /**
   * Opens the tokenizer of a model folder: {@code tokenizer.json}, or {@code vocab.json} and {@code
   * merges.txt}.
   *
   * @param cache keeps what is made of the latter
   * @throws UserError if there is none, or it is not a valid byte-level BPE
   */
  public static Tokenizer open(Path directory, CacheDirectory cache) {
    return read(file(directory, cache), directory);
  }

  /** The {@code tokenizer.json} of a folder, or one made of its older files. */
  static Path file(Path directory, CacheDirectory cache) {
    Path json = directory.resolve("tokenizer.json");
    Path vocab = directory.resolve("vocab.json");
    Path merges = directory.resolve("merges.txt");
    if (Files.exists(json)) {
      return json;
    }
    if (Files.exists(vocab) && Files.exists(merges)) {
      return VocabularyFiles.tokenizerJson(vocab, merges, cache);
    }
    throw new UserError(
        directory + " has no tokenizer: neither tokenizer.json nor vocab.json with merges.txt");
  }

  /** True if a folder has the files of a tokenizer; {@link #open} may still refuse them. */
  public static boolean present(Path directory) {
    return Files.exists(directory.resolve("tokenizer.json"))
        || Files.exists(directory.resolve("vocab.json"))
            && Files.exists(directory.resolve("merges.txt"));
  }

  private static Tokenizer read(Path file, Path directory) {
    ObjectNode json = JsonFiles.readObject(file);
    Vocabulary vocabulary = TokenizerJson.vocabulary(file, json);
    json.putNull("truncation").putNull("padding");
    if (System.getProperty("OPT_OUT_TRACKING") == null) {
      System.setProperty("OPT_OUT_TRACKING", "true");
    }
    try {
      byte[] checked = JsonFiles.mapper().writeValueAsBytes(json);
      HuggingFaceTokenizer encoder =
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(checked), OPTIONS);
      return new Tokenizer(encoder, vocabulary, endOfText(directory), directory);
    } catch (IOException | RuntimeException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new UserError(file + " is not a usable tokenizer: " + reason, e);
    }
  }

  private static String endOfText(Path directory) {
    Path file = directory.resolve("tokenizer_config.json");
    if (!Files.exists(file)) {
      return Vocabulary.END_OF_TEXT;
    }
    JsonNode token = JsonFiles.readObject(file).path("eos_token");
    return token.isObject()
        ? token.path("content").asText(Vocabulary.END_OF_TEXT)
        : token.asText(Vocabulary.END_OF_TEXT);
  }

  /** The token ids of a text; empty for an empty text. */
  public int[] encode(String text) {
    if (text.isEmpty()) {
      return new int[0];
    }
    long[] ids = encoder.encode(wellFormed(text), false, false).getIds();
    int[] result = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      result[i] = Math.toIntExact(ids[i]);
    }
    return result;
  }

  /**
   * The text of token ids. Bytes that are no UTF-8 become U+FFFD; ids without a token (padding of
   * the model's vocabulary) stand for nothing.
   */
  public String decode(int... ids) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(ids.length * 4);
    for (int id : ids) {
      out.writeBytes(bytes(id));
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** A decoder for ids that arrive one by one. */
  public StreamingDecoder streamingDecoder() {
    return new StreamingDecoder(this);
  }

  /** Largest id + 1. */
  public int vocabSize() {
    return bytes.length;
  }

  /** The token that ends a text, or −1 if there is none. */
  public int eosToken() {
    return eosToken;
  }

  /**
   * SHA-256 in hexadecimal of the vocabulary with its ids and of the merges: two tokenizers with
   * the same fingerprint mean the same text by the same ids, whichever files they came from.
   */
  public String fingerprint() {
    return fingerprint;
  }

  /**
   * Checks that a model knows every id that this tokenizer can give.
   *
   * @param modelVocabSize rows of the model's embedding; may be larger than {@link #vocabSize()}
   * @param model for the message
   * @throws UserError if it is smaller
   */
  public void requireFits(int modelVocabSize, String model) {
    if (vocabSize() > modelVocabSize) {
      throw new UserError(
          "the tokenizer in "
              + source
              + " has ids up to "
              + (vocabSize() - 1)
              + " but "
              + model
              + " has a vocabulary of "
              + modelVocabSize
              + ": they do not belong together");
    }
  }

  /** Frees the native memory; decoding goes on working. */
  @Override
  public void close() {
    encoder.close();
  }

  /** Not to be changed by the caller. */
  byte[] bytes(int id) {
    return id >= 0 && id < bytes.length ? bytes[id] : new byte[0];
  }

  /** Replaces surrogates that have no partner. */
  private static String wellFormed(String text) {
    StringBuilder fixed = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else {
        fixed = fixed == null ? new StringBuilder(text) : fixed;
        fixed.setCharAt(i, '\uFFFD');
      }
    }
    return fixed == null ? text : fixed.toString();
  }
}
