package dev.paceline.benchmarks.modes;

import dev.paceline.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** Prompts of both kinds that the built-in pair was trained on. */
public final class Texts {
  private static final List<String> PROMPTS =
      List.of(
          "The captain walked slowly along the deck and",
          "def merge_sort(items):",
          "It was a cold, clear morning in",
          "class Stack:\n    def __init__(self) -> None:\n",
          "The old man looked at the letter for a long time before he",
          "import math\n\n\ndef distance(a, b):\n    \"\"\"",
          "She had never seen the sea before, and when",
          "for i in range(len(array)):\n    if array[i] >");

  private Texts() {}

  /** How many there are. */
  public static int available() {
    return PROMPTS.size();
  }

  /** The ids of the first prompts. */
  public static List<int[]> prompts(Tokenizer tokenizer, int count) {
    List<int[]> prompts = new ArrayList<>();
    for (String text : PROMPTS.subList(0, count)) {
      prompts.add(tokenizer.encode(text));
    }
    return prompts;
  }
}
