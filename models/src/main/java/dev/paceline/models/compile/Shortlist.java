package dev.paceline.models.compile;

import dev.paceline.common.UserError;
import dev.paceline.models.gpt2.Gpt2Config;

/**
 * The tokens among which a draft is picked: the first so many ids and the end-of-text token. A
 * byte-pair vocabulary numbers its tokens in the order of their merges, the most frequent pairs of
 * the training text first, so the first ids are the frequent ones.
 *
 * <p>A draft only guesses, so a token that is missing here costs an acceptance and never changes
 * the text. Where the pick from all tokens is in the list, the pick from the list is the same one:
 * the logits are the same numbers, the race hashes each id by itself, and the largest of all is the
 * largest of some. (Not with top-p, whose threshold depends on all tokens.)
 *
 * @param ids ids from 0 on; 0 for all tokens
 */
public record Shortlist(int ids) {
  /** All tokens. */
  public static final Shortlist OFF = new Shortlist(0);

  private static final int SMALLEST = 256;

  /** Below this, the head is too small a part of a draft for a loss of acceptance to pay. */
  private static final int SMALL_VOCABULARY = 16_384;

  /**
   * What {@code auto} keeps of a large vocabulary: half, which costs the built-in pair no
   * acceptance at temperature 0 and 3 points at 1 (benchmarks/README.md).
   */
  private static final int AUTO_DIVISOR = 2;

  /**
   * @throws UserError if it is neither 0 nor at least 256, the number of single bytes
   */
  public Shortlist {
    if (ids != 0 && ids < SMALLEST) {
      throw new UserError("shortlist " + ids + " is less than the " + SMALLEST + " single bytes");
    }
  }

  /**
   * Reads a user's word.
   *
   * @param word {@code auto}, {@code off} or a number of ids
   * @throws UserError if it is something else
   */
  public static Shortlist parse(String word, Gpt2Config config) {
    if (word.equals("off")) {
      return OFF;
    }
    if (word.equals("auto")) {
      int vocabulary = config.vocabSize();
      return vocabulary < SMALL_VOCABULARY ? OFF : new Shortlist(vocabulary / AUTO_DIVISOR);
    }
    if (!word.matches("[0-9]{1,7}")) {
      throw new UserError("--shortlist '" + word + "' is neither auto, off nor a number of ids");
    }
    return new Shortlist(Integer.parseInt(word));
  }

  /** Whether some token is missing. */
  boolean shortens(Gpt2Config config) {
    return ids > 0 && ids < config.vocabSize();
  }

  /** Number of tokens in the list. */
  public int pickable(Gpt2Config config) {
    if (!shortens(config)) {
      return config.vocabSize();
    }
    return config.eosToken() < ids ? ids : ids + 1;
  }

  /** Bytes of weights that a draft reads, the embedding's single rows aside. */
  public long weightBytesPerDraft(ProgramSpec spec) {
    Gpt2Config config = spec.config();
    long missing = config.vocabSize() - pickable(config);
    return spec.weightBytesPerStep() - missing * config.width();
  }
}
