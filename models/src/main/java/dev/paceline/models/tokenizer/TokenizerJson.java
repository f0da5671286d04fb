package dev.paceline.models.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.common.UserError;
import dev.paceline.models.JsonFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The format of HuggingFace's {@code tokenizer.json}, as far as a byte-level BPE uses it. */
final class TokenizerJson {
  private TokenizerJson() {}

  /**
   * Reads and checks the vocabulary.
   *
   * @param file for messages
   * @throws UserError if it is not a byte-level BPE or contradicts itself
   */
  static Vocabulary vocabulary(Path file, ObjectNode json) {
    JsonNode model = json.path("model");
    if (!model.path("type").asText("BPE").equals("BPE") || !model.path("vocab").isObject()) {
      throw new UserError(
          file
              + " has a model of type "
              + model.path("type")
              + " where a BPE with a vocab belongs");
    }
    if (!byteLevel(json.path("decoder")) || !byteLevel(json.path("pre_tokenizer"))) {
      throw new UserError(file + " is not a byte-level tokenizer, the only kind that GPT-2 uses");
    }
    TreeMap<Integer, String> tokens = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : model.path("vocab").properties()) {
      Vocabulary.put(
          tokens, file.toString(), entry.getKey(), id(file, entry.getKey(), entry.getValue()));
    }
    TreeMap<Integer, String> added = new TreeMap<>();
    for (JsonNode token : json.path("added_tokens")) {
      String content = token.path("content").asText();
      Vocabulary.put(added, file.toString(), content, id(file, content, token.path("id")));
    }
    List<String> merges = new ArrayList<>();
    for (JsonNode merge : model.path("merges")) {
      String left =
          merge.isArray() ? merge.path(0).asText() + " " + merge.path(1).asText() : merge.asText();
      merges.add(left);
    }
    checkMerges(file, tokens, merges);
    return new Vocabulary(tokens, added, List.copyOf(merges));
  }

  /**
   * Every merge joins two tokens into a third; otherwise the library would fail with a message of
   * its own.
   */
  static void checkMerges(Path file, TreeMap<Integer, String> tokens, List<String> merges) {
    Set<String> known = new HashSet<>(tokens.values());
    for (String merge : merges) {
      int space = merge.indexOf(' ');
      if (space <= 0 || merge.indexOf(' ', space + 1) >= 0) {
        throw new UserError(file + " has the merge '" + merge + "', which is not two tokens");
      }
      String left = merge.substring(0, space);
      String right = merge.substring(space + 1);
      if (!known.contains(left) || !known.contains(right) || !known.contains(left + right)) {
        throw new UserError(
            file + " merges '" + merge + "' but one of the three tokens is not in the vocabulary");
      }
    }
  }

  /** Writes what HuggingFace's converter writes for GPT-2's two files. */
  static byte[] write(Vocabulary vocabulary) throws IOException {
    ObjectNode json = JsonFiles.mapper().createObjectNode();
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = json.putArray("added_tokens");
    vocabulary
        .added()
        .forEach(
            (id, content) ->
                added
                    .addObject()
                    .put("id", id)
                    .put("content", content)
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true));
    json.putNull("normalizer");
    putByteLevel(json, "pre_tokenizer");
    putByteLevel(json, "post_processor");
    putByteLevel(json, "decoder");
    ObjectNode model =
        json.putObject("model").put("type", "BPE").putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocab = model.putObject("vocab");
    vocabulary.tokens().forEach((id, token) -> vocab.put(token, id));
    ArrayNode merges = model.putArray("merges");
    for (String merge : vocabulary.merges()) {
      int space = merge.indexOf(' ');
      merges.addArray().add(merge.substring(0, space)).add(merge.substring(space + 1));
    }
    return JsonFiles.mapper().writeValueAsBytes(json);
  }

  private static void putByteLevel(ObjectNode json, String key) {
    json.putObject(key)
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", true);
  }

  private static long id(Path file, String token, JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new UserError(file + " gives token '" + token + "' the id " + JsonFiles.brief(value));
    }
    return value.longValue();
  }

  private static boolean byteLevel(JsonNode part) {
    if (part.path("type").asText().equals("Sequence")) {
      for (String list : List.of("pretokenizers", "decoders")) {
        for (JsonNode each : part.path(list)) {
          if (byteLevel(each)) {
            return true;
          }
        }
      }
    }
    return part.path("type").asText().equals("ByteLevel");
  }
}
