package dev.paceline.models.hub;

import dev.paceline.common.UserError;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A model on the hub, at a revision.
 *
 * @param name {@code organisation/name}, or a bare name of the hub's early days
 * @param revision branch, tag or commit
 */
public record HubId(String name, String revision) {
  /** The branch that is meant when nothing is said. */
  public static final String MAIN = "main";

  private static final Set<String> OPENAI = Set.of("gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl");
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_][\\w.-]{0,95}(/[A-Za-z0-9_][\\w.-]{0,95})?");
  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_][\\w./-]{0,199}");

  /** Checks that both parts can be part of a path and of an address. */
  public HubId {
    if (!valid(name)) {
      throw new UserError(
          "'" + name + "' is not the name of a model on the hub, like openai-community/gpt2");
    }
    if (!REVISION.matcher(revision).matches() || revision.contains("..")) {
      throw new UserError("'" + revision + "' is not a revision of a model on the hub, like main");
    }
  }

  /**
   * Reads {@code name} or {@code name@revision}.
   *
   * @throws UserError if it is neither
   */
  public static HubId parse(String text) {
    int at = text.indexOf('@');
    return at < 0
        ? new HubId(text, MAIN)
        : new HubId(text.substring(0, at), text.substring(at + 1));
  }

  /** The name under which the hub keeps a model of its early days: {@code gpt2} is OpenAI's. */
  public HubId canonical() {
    return OPENAI.contains(name) ? new HubId("openai-community/" + name, revision) : this;
  }

  /** True if a name has the form that the hub gives to models. */
  public static boolean valid(String name) {
    return NAME.matcher(name).matches() && !name.contains("--") && !name.contains("..");
  }

  /** The folder in the cache. */
  String folder() {
    return "models--" + name.replace("/", "--");
  }

  @Override
  public String toString() {
    return revision.equals(MAIN) ? name : name + "@" + revision;
  }
}
