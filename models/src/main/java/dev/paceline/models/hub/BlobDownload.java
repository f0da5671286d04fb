package dev.paceline.models.hub;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;

/**
 * Fetches one file into {@code blobs/<etag>}. What has arrived lies in {@code <etag>.incomplete}; a
 * later attempt, or a later process, asks for the rest only. The blob appears when size and digest
 * are right.
 */
final class BlobDownload {
  private static final int ATTEMPTS = 6;
  private static final long PROGRESS = 1 << 20;
  private static final Duration STALL = Duration.ofSeconds(60);

  private final HubHttp http;
  private final HubSettings settings;
  private final HubId id;
  private final RemoteFile file;
  private final Path blob;
  private final Path incomplete;
  private final DownloadProgress progress;

  BlobDownload(
      HubHttp http,
      HubSettings settings,
      HubId id,
      RemoteFile file,
      Path blob,
      DownloadProgress progress) {
    this.http = http;
    this.settings = settings;
    this.id = id;
    this.file = file;
    this.blob = blob;
    this.incomplete = blob.resolveSibling(blob.getFileName() + ".incomplete");
    this.progress = progress;
  }

  /**
   * @throws UserError if the file cannot be had, or is not what the hub announced
   */
  void run() {
    progress.begin(file.name(), file.size());
    try {
      Files.createDirectories(blob.toAbsolutePath().getParent());
      boolean resumed = Files.exists(incomplete) && Files.size(incomplete) > 0;
      fetch();
      if (resumed && !intact()) {
        // The earlier part may have been damaged; what a fresh transfer brings counts.
        Files.delete(incomplete);
        fetch();
      }
      if (!intact()) {
        long size = Files.size(incomplete);
        Files.delete(incomplete);
        throw new UserError(
            file.name()
                + " of '"
                + id
                + "' arrived damaged: "
                + size
                + " bytes that do not have the digest "
                + file.etag()
                + " which the hub announced");
      }
      Files.move(incomplete, blob, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UserError("cannot write " + blob + ": " + CacheDirectory.reason(e), e);
    } finally {
      progress.end();
    }
  }

  private void fetch() throws IOException {
    Retry.call(
        settings.backoff(),
        ATTEMPTS,
        () -> {
          attempt();
          return blob;
        });
  }

  private void attempt() throws IOException {
    try (FileChannel out =
        FileChannel.open(incomplete, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long have = out.size();
      if (file.size() >= 0 && have >= file.size()) {
        out.truncate(file.size());
        return;
      }
      HttpResponse<InputStream> response = http.get(id, file.address(), have);
      try (InputStream in = response.body()) {
        copy(in, out, start(response, out, have));
      }
    }
  }

  /**
   * Where the answer's bytes belong; a server may ignore the wish for a part, or have other ideas
   * of the size.
   */
  private long start(HttpResponse<?> response, FileChannel out, long have) throws IOException {
    String range = response.headers().firstValue("Content-Range").orElse("");
    if (response.statusCode() == 206 && range.startsWith("bytes " + have + "-")) {
      return have;
    }
    out.truncate(0);
    if (response.statusCode() != 200) {
      throw new TransientException(
          "the hub answers the request for the rest of "
              + file.name()
              + " with the range '"
              + range
              + "'",
          Duration.ZERO,
          null);
    }
    return 0;
  }

  private void copy(InputStream in, FileChannel out, long start) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long at = start;
    try (StallGuard guard = new StallGuard(in, STALL)) {
      progress.reached(at);
      while (file.size() < 0 || at < file.size()) {
        int n = read(in, buffer, start, at);
        if (n < 0) {
          return;
        }
        guard.progress();
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
        while (bytes.hasRemaining()) {
          at += out.write(bytes, at);
        }
        progress.reached(at);
      }
    }
  }

  /**
   * Returns −1 at the end of a file of unknown size; an end before the announced size is a failure.
   */
  private int read(InputStream in, byte[] buffer, long start, long at) throws IOException {
    IOException cause = null;
    try {
      int n = in.read(buffer);
      if (n >= 0 || file.size() < 0) {
        return n;
      }
    } catch (IOException e) {
      cause = e;
    }
    String of = file.size() < 0 ? "" : " of " + file.size();
    throw new TransientException(
        "the transfer of " + file.name() + " broke off after " + at + of + " bytes",
        Duration.ZERO,
        at - start >= PROGRESS,
        cause);
  }

  private boolean intact() throws IOException {
    long size = Files.size(incomplete);
    if (file.size() >= 0 && size != file.size()) {
      return false;
    }
    MessageDigest digest;
    if (file.etag().matches("[0-9a-f]{64}")) {
      digest = Digests.algorithm("SHA-256");
    } else if (file.etag().matches("[0-9a-f]{40}")) {
      digest = Digests.algorithm("SHA-1");
      digest.update(("blob " + size + "\0").getBytes(StandardCharsets.US_ASCII));
    } else {
      return true;
    }
    try (InputStream in = Files.newInputStream(incomplete)) {
      byte[] buffer = new byte[1 << 18];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return Digests.hex(digest).equals(file.etag());
  }
}
