package dev.paceline.models.train;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code train} and {@code distill} do alike: texts, resuming, the loop. */
final class TrainRun {
  private final PicocliRunner runner;
  private final RunArguments arguments;
  private final TrainOptions options;
  private final CacheDirectory cache;

  /**
   * Checks the options.
   *
   * @param context positions of the model or models
   * @throws UserError if a value is out of range or the folder has a run that is not resumed
   */
  TrainRun(PicocliRunner runner, RunArguments arguments, int context) {
    this.runner = runner;
    this.arguments = arguments;
    this.options = arguments.options();
    this.cache = CacheDirectory.of(runner.environment());
    if (arguments.sequence > context) {
      throw new UserError(
          "--sequence " + arguments.sequence + " is more than --context " + context);
    }
    if (!arguments.resume && Files.exists(state())) {
      throw new UserError(arguments.out + " has a run already: --resume goes on with it");
    }
  }

  /** Keeps tokenized texts and compiled programs. */
  CacheDirectory cache() {
    return cache;
  }

  /** The texts of {@code --data} with their shares. */
  Texts texts(Tokenizer tokenizer) {
    List<Corpus> corpora = new ArrayList<>();
    double[] shares = new double[arguments.data.size()];
    for (int i = 0; i < shares.length; i++) {
      String item = arguments.data.get(i);
      int cut = item.lastIndexOf('=');
      shares[i] = cut < 0 ? 1 : share(item, item.substring(cut + 1));
      Path path = Path.of(cut < 0 ? item : item.substring(0, cut));
      corpora.add(Corpus.open(path, tokenizer, cache));
    }
    return new Texts(corpora, shares);
  }

  /**
   * @param shares relative to each other
   */
  record Texts(List<Corpus> corpora, double[] shares) {
    /** These and another corpus that has a share of the whole. */
    Texts with(Corpus more, double share) {
      List<Corpus> all = new ArrayList<>(corpora);
      all.add(more);
      double[] each = new double[all.size()];
      double sum = 0;
      for (double old : shares) {
        sum += old;
      }
      for (int i = 0; i < shares.length; i++) {
        each[i] = shares[i] / sum * (1 - share);
      }
      each[shares.length] = share;
      return new Texts(all, each);
    }
  }

  /** Trains to the end of the run and prints where the model is. */
  void run(TrainableModel model, Course course, Texts texts, Tokenizer tokenizer, Path words)
      throws IOException {
    Mixture mixture =
        new Mixture(texts.corpora(), texts.shares(), arguments.sequence, arguments.seed);
    List<Validation> validations = new ArrayList<>();
    for (Path each : arguments.valid) {
      Corpus corpus = Corpus.open(each, tokenizer, cache);
      String name = String.valueOf(each.getFileName());
      int window = Math.min(257, arguments.sequence + 1);
      validations.add(Validation.of(name, corpus, window, arguments.windows));
    }
    Files.createDirectories(arguments.out);
    try (TrainProgress progress =
        TrainProgress.of(runner.err(), arguments.out.resolve("log.csv"))) {
      Trainer trainer =
          new Trainer(
              model,
              course,
              mixture,
              validations,
              options,
              words,
              arguments.out,
              progress,
              System::nanoTime);
      if (arguments.resume && Files.exists(state())) {
        trainer.resume(state());
      } else if (arguments.from != null) {
        trainer.begin(arguments.from);
      }
      long parameters = model.spec().config().parameters();
      String precision = model.spec().mixed() ? "bf16" : "fp32";
      runner
          .err()
          .println(
              parameters
                  + " parameters, linear layers in "
                  + precision
                  + ", "
                  + mixture.tokens()
                  + " tokens of text");
      trainer.run(arguments.stopAfter);
    }
    runner.out().println(arguments.out.resolve(validations.isEmpty() ? "last" : "best"));
  }

  private Path state() {
    return arguments.out.resolve(Trainer.STATE);
  }

  private static double share(String item, String text) {
    try {
      double share = Double.parseDouble(text);
      if (share > 0 && share < 1e9) {
        return share;
      }
    } catch (NumberFormatException e) {
      // The sentence below says it.
    }
    throw new UserError("--data " + item + ": the share '" + text + "' is not a number above 0");
  }
}
