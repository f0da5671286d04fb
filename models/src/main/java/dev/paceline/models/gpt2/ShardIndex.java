package dev.paceline.models.gpt2;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paceline.common.UserError;
import dev.paceline.models.JsonFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A {@code model.safetensors.index.json}: which file holds which tensor.
 *
 * @param path of the index
 * @param fileOfTensor plain file names in the same folder, by the tensor's name
 */
public record ShardIndex(Path path, Map<String, String> fileOfTensor) {
  private static final int MAX_SHARDS = 1000;
  private static final Pattern FILE =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\\.safetensors");

  /**
   * Reads an index.
   *
   * @throws UserError if it is not one, or names a file that could lie outside the folder
   */
  public static ShardIndex read(Path path) {
    JsonNode map = JsonFiles.readObject(path).path("weight_map");
    if (!map.isObject()) {
      throw new UserError(path + " has no weight_map object");
    }
    Map<String, String> files = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String name = entry.getValue().asText();
      if (!entry.getValue().isTextual() || !FILE.matcher(name).matches()) {
        throw new UserError(
            path
                + " places '"
                + entry.getKey()
                + "' in "
                + JsonFiles.brief(entry.getValue())
                + ", which is not the name of a safetensors file in the same folder");
      }
      files.put(entry.getKey(), name);
    }
    ShardIndex index = new ShardIndex(path, files);
    if (index.files().size() > MAX_SHARDS) {
      throw new UserError(path + " names more than " + MAX_SHARDS + " files");
    }
    return index;
  }

  /** The files, each once. */
  public Set<String> files() {
    return new LinkedHashSet<>(fileOfTensor.values());
  }
}
