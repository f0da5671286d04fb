package dev.paceline.models.hub;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.JsonFiles;
import dev.paceline.models.gpt2.ShardIndex;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Downloads models from the hub into its cache: configuration, tokenizer and safetensors weights,
 * nothing else. Other programs that use the cache find them, and files that others have downloaded
 * are not fetched again.
 */
public final class HubClient {
  private static final String CONFIG = "config.json";
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final List<String> OPTIONAL =
      List.of(
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "vocab.json",
          "merges.txt");
  private static final Pattern ETAG = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");
  private static final int MAX_LISTING = 16 << 20;
  private static final int ATTEMPTS = 4;

  private final HubSettings settings;
  private final DownloadProgress progress;
  private final HubHttp http;

  /** What the hub says about a model at a revision. */
  private record Listing(String commit, Set<String> files) {}

  /**
   * @param progress is told about each file
   */
  public HubClient(HubSettings settings, DownloadProgress progress) {
    this.settings = settings;
    this.progress = progress;
    this.http = new HubHttp(settings);
  }

  /**
   * Makes a model available in the cache, at the commit that its revision stands for now. Files
   * that are there already are kept.
   *
   * @param onConfig is shown {@code config.json} before the weights are fetched, and may throw
   * @return the snapshot's folder
   * @throws UserError if the hub cannot be reached, has no such model, refuses it, or sends
   *     something damaged; or if {@code HF_HUB_OFFLINE} is set and the cache does not have the
   *     model
   */
  public Path pull(HubId id, Consumer<Path> onConfig) {
    if (settings.offline()) {
      return settings
          .cache()
          .find(id)
          .filter(HubCache::complete)
          .orElseThrow(
              () ->
                  new UserError(
                      "HF_HUB_OFFLINE is set and the cache "
                          + settings.cache().root()
                          + " has no '"
                          + id
                          + "'"));
    }
    try (HubLock lock = HubLock.acquire(settings.cache(), id)) {
      return pullLocked(id, onConfig);
    } catch (IOException e) {
      throw new UserError("cannot download '" + id + "': " + CacheDirectory.reason(e), e);
    }
  }

  private Path pullLocked(HubId id, Consumer<Path> onConfig) throws IOException {
    Listing listing = Retry.call(settings.backoff(), ATTEMPTS, () -> list(id));
    Path snapshot = settings.cache().snapshot(id, listing.commit());
    Set<String> wanted = new LinkedHashSet<>();
    fetch(id, listing, CONFIG);
    onConfig.accept(snapshot.resolve(CONFIG));
    OPTIONAL.stream().filter(listing.files()::contains).forEach(wanted::add);
    if (listing.files().contains(SINGLE)) {
      wanted.add(SINGLE);
    } else if (listing.files().contains(INDEX)) {
      fetch(id, listing, INDEX);
      wanted.addAll(ShardIndex.read(snapshot.resolve(INDEX)).files());
    } else {
      throw new UserError(
          "'" + id + "' has no safetensors weights on the hub, the only kind that can be read");
    }
    for (String file : wanted) {
      fetch(id, listing, file);
    }
    remember(id, listing.commit());
    return snapshot;
  }

  private Listing list(HubId id) throws IOException {
    URI address =
        URI.create(
            settings.endpoint()
                + "/api/models/"
                + id.name()
                + "/revision/"
                + id.revision().replace("/", "%2F"));
    JsonNode json;
    try (InputStream in = http.get(id, address, 0).body()) {
      json = JsonFiles.mapper().readTree(in.readNBytes(MAX_LISTING));
    }
    String commit = json.path("sha").asText();
    if (!HubCache.COMMIT.matcher(commit).matches()) {
      throw new UserError(
          "the hub names no commit of '"
              + id
              + "' but '"
              + JsonFiles.brief(json.path("sha"))
              + "'");
    }
    Set<String> files = new LinkedHashSet<>();
    json.path("siblings").forEach(s -> files.add(s.path("rfilename").asText()));
    return new Listing(commit, files);
  }

  private void fetch(HubId id, Listing listing, String name) throws IOException {
    if (!listing.files().contains(name)) {
      throw new UserError("'" + id + "' has no " + name + " on the hub");
    }
    Path link = settings.cache().snapshot(id, listing.commit()).resolve(name);
    if (Files.exists(link)) {
      return;
    }
    RemoteFile file =
        Retry.call(settings.backoff(), ATTEMPTS, () -> describe(id, listing.commit(), name));
    Path blob = settings.cache().folder(id).resolve("blobs").resolve(file.etag());
    if (!Files.exists(blob)) {
      new BlobDownload(http, settings, id, file, blob, progress).run();
    }
    link(link, blob);
  }

  private RemoteFile describe(HubId id, String commit, String name) throws IOException {
    URI address =
        URI.create(settings.endpoint() + "/" + id.name() + "/resolve/" + commit + "/" + name);
    HubHttp.Answer answer = http.head(id, address);
    answer.response().body().close();
    String etag = answer.linkedEtag().or(() -> answer.header("ETag")).orElse("");
    String plain = etag.replaceFirst("^W/", "").replace("\"", "");
    if (!ETAG.matcher(plain).matches()) {
      throw new UserError(
          "the hub gives " + name + " of '" + id + "' the unusable ETag '" + etag + "'");
    }
    Optional<String> size =
        answer
            .linkedSize()
            .or(
                () ->
                    answer.response().statusCode() == 200
                        ? answer.header("Content-Length")
                        : Optional.empty());
    return new RemoteFile(
        name,
        plain,
        size.filter(s -> s.matches("\\d{1,15}")).map(Long::parseLong).orElse(-1L),
        address);
  }

  /**
   * Links relatively, so that the cache can move as a whole; copies where links are not to be had.
   */
  private static void link(Path link, Path blob) throws IOException {
    Path folder = Objects.requireNonNull(link.toAbsolutePath().getParent());
    Files.createDirectories(folder);
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(link);
    }
    try {
      Files.createSymbolicLink(link, folder.relativize(blob.toAbsolutePath()));
    } catch (FileAlreadyExistsException e) {
      return;
    } catch (IOException | UnsupportedOperationException | SecurityException e) {
      Files.copy(blob, link, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void remember(HubId id, String commit) throws IOException {
    if (id.revision().equals(commit)) {
      return;
    }
    Path ref = settings.cache().ref(id);
    Files.createDirectories(ref.toAbsolutePath().getParent());
    Path temporary = ref.resolveSibling(ref.getFileName() + ".tmp");
    Files.writeString(temporary, commit);
    Files.move(temporary, ref, StandardCopyOption.REPLACE_EXISTING);
  }
}
