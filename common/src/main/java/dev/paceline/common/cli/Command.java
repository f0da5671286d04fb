package dev.paceline.common.cli;

import java.util.List;

/**
 * A command of {@code ./paceline}; modules register theirs as a {@link java.util.ServiceLoader}
 * service.
 */
public interface Command {
  /** The word after {@code paceline}, e.g. {@code serve}. */
  String name();

  /** One line for the list of commands. */
  String summary();

  /**
   * Runs the command.
   *
   * @return the exit status of the process
   * @throws dev.paceline.common.UserError for everything a person can put right; printed as one
   *     sentence, status 1
   */
  int run(List<String> arguments) throws Exception;
}
