package dev.paceline.models.compile;

import dev.paceline.models.CacheDirectory;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.torchscript.ArchiveWriter;
import dev.paceline.models.torchscript.ScriptModule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Compiled archives on disk, {@code compiled/} in the cache. A file's name holds the digest of the
 * weights and a hash of the program, so it never goes stale; a damaged one is written again.
 * Processes that compile the same model at once both succeed.
 */
public final class CompiledModels {
  /** To be raised when weights are stored otherwise; a change of the program shows by itself. */
  static final int VERSION = 1;

  private CompiledModels() {}

  /**
   * Returns the archive, compiling it first if it is missing or damaged.
   *
   * @throws dev.paceline.common.UserError if the cache cannot be written
   */
  public static Path obtain(Gpt2Checkpoint checkpoint, ProgramSpec spec, CacheDirectory cache) {
    return obtain(checkpoint, spec, Gpt2Program.of(spec, checkpoint), cache);
  }

  /** The archive of a program for drafts; otherwise as the other. */
  public static Path obtainDraft(
      Gpt2Checkpoint checkpoint, ProgramSpec spec, Shortlist shortlist, CacheDirectory cache) {
    return obtain(checkpoint, spec, DraftProgram.of(spec, checkpoint, shortlist), cache);
  }

  private static Path obtain(
      Gpt2Checkpoint checkpoint, ProgramSpec spec, ScriptModule module, CacheDirectory cache) {
    Path path = cache.resolve("compiled", name(checkpoint, spec, module));
    if (!ArchiveWriter.intact(path)) {
      cache.replace(path, to -> ArchiveWriter.write(to, module));
    }
    return path;
  }

  private static String name(Gpt2Checkpoint checkpoint, ProgramSpec spec, ScriptModule module) {
    String digest = checkpoint.digest();
    String all = VERSION + " " + digest + " " + spec + " " + module.source();
    return digest.substring(0, 16)
        + "-"
        + spec.precision().label()
        + "-"
        + spec.backend().label()
        + "-"
        + sha256(all).substring(0, 16)
        + ".pt";
  }

  private static String sha256(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
