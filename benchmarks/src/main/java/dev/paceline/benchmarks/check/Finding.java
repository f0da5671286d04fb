package dev.paceline.benchmarks.check;

import java.io.PrintStream;

/**
 * One line of the table.
 *
 * @param check what was looked at
 * @param ok whether it is as it must be
 * @param measured the figures behind that
 */
record Finding(String check, boolean ok, String measured) {
  void print(PrintStream out) {
    out.printf("%-34s %-6s %s%n", check, ok ? "ok" : "WRONG", measured);
  }
}
