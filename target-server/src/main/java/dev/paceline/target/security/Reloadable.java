package dev.paceline.target.security;

/** Something that follows files. */
public interface Reloadable {
  /**
   * Looks at the files and takes over what changed.
   *
   * @return whether anything did
   * @throws dev.paceline.common.UserError if the files cannot be used; what was loaded before stays
   *     in force
   */
  boolean reload();

  /** What it follows, for the log. */
  String describe();
}
