package dev.paceline.models.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.Digests;
import dev.paceline.models.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** GPT-2's original pair of files, {@code vocab.json} and {@code merges.txt}. */
final class VocabularyFiles {
  private VocabularyFiles() {}

  /**
   * The {@code tokenizer.json} that stands for the two files; made once and kept in the cache.
   *
   * @throws UserError if a file is missing or malformed
   */
  static Path tokenizerJson(Path vocab, Path merges, CacheDirectory cache) {
    try {
      String key = Digests.sha256(Digests.sha256(vocab) + Digests.sha256(merges));
      Path made = cache.resolve("tokenizers", key + ".json");
      return cache.obtain(
          made, path -> Files.write(path, TokenizerJson.write(read(vocab, merges))));
    } catch (IOException e) {
      throw new UserError(
          "cannot read " + vocab + " and " + merges + ": " + CacheDirectory.reason(e), e);
    }
  }

  private static Vocabulary read(Path vocab, Path merges) throws IOException {
    ObjectNode json = JsonFiles.readObject(vocab);
    TreeMap<Integer, String> tokens = new TreeMap<>();
    TreeMap<Integer, String> added = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      if (!entry.getValue().isIntegralNumber() || !entry.getValue().canConvertToLong()) {
        throw new UserError(
            vocab
                + " gives token '"
                + entry.getKey()
                + "' the id "
                + JsonFiles.brief(entry.getValue()));
      }
      Vocabulary.put(tokens, vocab.toString(), entry.getKey(), entry.getValue().longValue());
      if (entry.getKey().equals(Vocabulary.END_OF_TEXT)) {
        added.put(entry.getValue().intValue(), entry.getKey());
      }
    }
    List<String> pairs = new ArrayList<>();
    for (String line : Files.readString(merges).split("\r?\n")) {
      if (!line.isBlank() && !line.startsWith("#version")) {
        pairs.add(line);
      }
    }
    TokenizerJson.checkMerges(merges, tokens, pairs);
    return new Vocabulary(tokens, added, pairs);
  }
}
