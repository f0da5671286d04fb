package dev.paceline.models.registry;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.hub.HubCache;
import dev.paceline.models.hub.HubId;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds models by what a person types. Never downloads. */
public final class ModelRegistry {
  /** The built-in pair, {@code paceline-nano-draft} and {@code paceline-nano-target}. */
  public static final String NANO = "paceline-nano";

  private final HubCache hub;
  private final BuiltinModels builtin;

  /** A draft model and the target model that it drafts for; they share one tokenizer. */
  public record Pair(ModelSource draft, ModelSource target) {}

  /**
   * @param environment names the caches ({@code PACELINE_CACHE}, {@code HF_HUB_CACHE}, {@code
   *     HF_HOME})
   */
  public ModelRegistry(Map<String, String> environment) {
    this.hub = HubCache.of(environment);
    this.builtin = new BuiltinModels(CacheDirectory.of(environment));
  }

  /** The registry of this process's environment. */
  public static ModelRegistry standard() {
    return new ModelRegistry(System.getenv());
  }

  /** The ids of the models that ship with Paceline. */
  public static List<String> builtinIds() {
    return BuiltinModels.IDS;
  }

  /** True if a name stands for a pair of models. */
  public static boolean isPair(String name) {
    return name.equals(NANO);
  }

  /**
   * The model of a name: a built-in id, a folder, or an id of the hub ({@code openai-community/gpt2}, optionally {@code
   * @revision}) whose files are in its cache.
   *
   * @throws UserError if there is no such model; says how to get it
   */
  public ModelSource resolve(String idOrDirectory) {
    if (BuiltinModels.IDS.contains(idOrDirectory)) {
      return new ModelSource(idOrDirectory, builtin.directory(idOrDirectory));
    }
    if (isPair(idOrDirectory)) {
      throw new UserError(
          "'"
              + NANO
              + "' is a pair of models where one belongs: "
              + NANO
              + "-draft or "
              + NANO
              + "-target");
    }
    Optional<Path> folder = folder(idOrDirectory);
    if (folder.isPresent()) {
      Path name = folder.get().toAbsolutePath().normalize().getFileName();
      return new ModelSource(name == null ? idOrDirectory : name.toString(), folder.get());
    }
    int at = idOrDirectory.indexOf('@');
    if (!HubId.valid(at < 0 ? idOrDirectory : idOrDirectory.substring(0, at))) {
      throw new UserError(
          "model '" + idOrDirectory + "' is neither a folder nor the name of a model");
    }
    return cached(idOrDirectory, HubId.parse(idOrDirectory));
  }

  /**
   * The two models of a pair.
   *
   * @throws UserError if there is no such pair
   */
  public Pair pair(String name) {
    if (!isPair(name)) {
      throw new UserError(
          "'" + name + "' is not a pair of models; the one there is, is '" + NANO + "'");
    }
    return new Pair(resolve(NANO + "-draft"), resolve(NANO + "-target"));
  }

  /** The models of the hub's cache that can be opened. */
  public List<ModelSource> cached() {
    return hub.list().stream().map(e -> new ModelSource(e.name(), e.snapshot())).toList();
  }

  private ModelSource cached(String text, HubId id) {
    HubId full = id.canonical();
    Optional<Path> snapshot = hub.find(id).or(() -> hub.find(full));
    if (snapshot.isEmpty()) {
      throw new UserError(
          "model '"
              + text
              + "' is not a folder, not built in and not in the hub's cache "
              + hub.root()
              + "; 'paceline models pull "
              + full
              + "' downloads it");
    }
    if (!HubCache.complete(snapshot.get())) {
      throw new UserError(
          "model '"
              + text
              + "' is only partly in the hub's cache "
              + snapshot.get()
              + "; 'paceline models pull "
              + full
              + "' completes it");
    }
    return new ModelSource(full.toString(), snapshot.get());
  }

  private static Optional<Path> folder(String text) {
    try {
      return Optional.of(Path.of(text)).filter(p -> !text.isBlank() && Files.isDirectory(p));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
