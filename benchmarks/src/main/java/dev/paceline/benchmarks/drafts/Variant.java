package dev.paceline.benchmarks.drafts;

import dev.paceline.common.UserError;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.compile.Shortlist;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.lm.DraftModel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A way to draft.
 *
 * @param precision of the weights
 * @param program whether the program for drafts runs, or the one for any number of sequences
 * @param shortlist the tokens to pick from
 * @param drafts tokens per native call
 */
record Variant(Precision precision, boolean program, Shortlist shortlist, int drafts) {
  private static final int[] DRAFTS = {2, 4, 8};
  private static final int[] DIVISORS = {2, 4, 8};

  /** Everything that is compared, the ways before the program for drafts first. */
  static List<Variant> all(Gpt2Config config) {
    List<Variant> all = new ArrayList<>();
    all.add(new Variant(Precision.FP32, false, Shortlist.OFF, 1));
    all.add(new Variant(Precision.BF16, false, Shortlist.OFF, 1));
    all.add(new Variant(Precision.INT8_DYNAMIC, false, Shortlist.OFF, 1));
    all.add(new Variant(Precision.INT8_DYNAMIC, true, Shortlist.OFF, 1));
    for (int drafts : DRAFTS) {
      all.add(new Variant(Precision.INT8_DYNAMIC, true, Shortlist.OFF, drafts));
    }
    for (int divisor : DIVISORS) {
      Shortlist shortlist = new Shortlist(config.vocabSize() / divisor);
      all.add(new Variant(Precision.INT8_DYNAMIC, true, shortlist, 1));
    }
    return all;
  }

  /** Whether another one drafts the same tokens. */
  boolean sameModel(Variant other) {
    return precision == other.precision
        && program == other.program
        && shortlist.equals(other.shortlist);
  }

  /**
   * Finds the model that a variant needs among those loaded, or loads it.
   *
   * @throws UserError from the loader
   */
  static List<DraftModel> load(List<Variant> variants, Function<Variant, DraftModel> loader) {
    List<DraftModel> models = new ArrayList<>();
    for (int i = 0; i < variants.size(); i++) {
      Variant variant = variants.get(i);
      int same = 0;
      while (!variants.get(same).sameModel(variant)) {
        same++;
      }
      models.add(same < i ? models.get(same) : loader.apply(variant));
    }
    return models;
  }

  @Override
  public String toString() {
    String tokens = shortlist.equals(Shortlist.OFF) ? "all" : String.valueOf(shortlist.ids());
    return precision + " | " + (program ? "draft" : "step") + " | " + tokens + " | " + drafts;
  }
}
