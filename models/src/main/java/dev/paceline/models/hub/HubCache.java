package dev.paceline.models.hub;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The hub's cache folder: {@code $HF_HUB_CACHE}, else {@code $HF_HOME/hub}, else {@code
 * ~/.cache/huggingface/hub}.
 *
 * @param root need not exist
 */
public record HubCache(Path root) {
  static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  /** A model in the cache. */
  public record Entry(String name, String commit, Path snapshot) {}

  /** The cache that an environment names. */
  public static HubCache of(Map<String, String> environment) {
    String cache = environment.getOrDefault("HF_HUB_CACHE", "");
    if (!cache.isBlank()) {
      return new HubCache(Path.of(cache));
    }
    String home = environment.getOrDefault("HF_HOME", "");
    if (!home.isBlank()) {
      return new HubCache(Path.of(home, "hub"));
    }
    return new HubCache(
        Path.of(System.getProperty("user.home", "."), ".cache", "huggingface", "hub"));
  }

  /** The folder of one model. */
  Path folder(HubId id) {
    return root.resolve(id.folder());
  }

  /** The file that remembers the commit of a branch or tag. */
  Path ref(HubId id) {
    return folder(id).resolve("refs").resolve(id.revision());
  }

  /** The folder with a commit's files. */
  Path snapshot(HubId id, String commit) {
    return folder(id).resolve("snapshots").resolve(commit);
  }

  /**
   * The commit that a revision stood for when it was last downloaded.
   *
   * @throws UserError if the cache cannot be read
   */
  public Optional<String> commit(HubId id) {
    if (COMMIT.matcher(id.revision()).matches()) {
      return Optional.of(id.revision());
    }
    Path ref = ref(id);
    if (!Files.isRegularFile(ref)) {
      return Optional.empty();
    }
    try {
      String commit = Files.readString(ref).strip();
      return COMMIT.matcher(commit).matches() ? Optional.of(commit) : Optional.empty();
    } catch (IOException e) {
      throw new UserError("cannot read " + ref + ": " + CacheDirectory.reason(e), e);
    }
  }

  /**
   * The folder of a model's files, if it has been downloaded at that revision, completely or not.
   */
  public Optional<Path> find(HubId id) {
    return commit(id).map(c -> snapshot(id, c)).filter(Files::isDirectory);
  }

  /** True if a folder has a configuration and weights that this project reads. */
  public static boolean complete(Path snapshot) {
    return Files.exists(snapshot.resolve("config.json"))
        && (Files.exists(snapshot.resolve("model.safetensors"))
            || Files.exists(snapshot.resolve("model.safetensors.index.json")));
  }

  /**
   * All models with a complete snapshot of {@code main}, by name.
   *
   * @throws UserError if the cache cannot be read
   */
  public List<Entry> list() {
    List<Entry> entries = new ArrayList<>();
    if (!Files.isDirectory(root)) {
      return entries;
    }
    try (Stream<Path> folders = Files.list(root)) {
      for (Path folder : folders.sorted().toList()) {
        String file = String.valueOf(folder.getFileName());
        String name = file.replaceFirst("^models--", "").replace("--", "/");
        if (!file.startsWith("models--") || !HubId.valid(name)) {
          continue;
        }
        HubId id = new HubId(name, HubId.MAIN);
        commit(id)
            .map(c -> new Entry(name, c, snapshot(id, c)))
            .filter(e -> complete(e.snapshot()))
            .ifPresent(entries::add);
      }
    } catch (IOException e) {
      throw new UserError("cannot read " + root + ": " + CacheDirectory.reason(e), e);
    }
    return entries;
  }
}
