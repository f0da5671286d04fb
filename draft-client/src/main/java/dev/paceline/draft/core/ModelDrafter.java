package dev.paceline.draft.core;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.draft.DraftRequest;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.models.lm.Picks;
import dev.paceline.models.lm.Segment;
import java.util.Collections;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Drafts with a {@link LanguageModel} on a thread of its own, which loads, owns and closes the
 * model.
 */
public final class ModelDrafter implements Drafter {
  private final ExecutorService owner =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "drafter");
            thread.setDaemon(true);
            return thread;
          });
  private final LanguageModel model;

  /**
   * Loads the model.
   *
   * @throws dev.paceline.common.UserError from the loader
   */
  public ModelDrafter(Supplier<LanguageModel> loader) {
    Future<LanguageModel> loading = owner.submit(loader::get);
    try {
      model = loading.get();
    } catch (ExecutionException e) {
      owner.shutdown();
      throw e.getCause() instanceof RuntimeException
          ? (RuntimeException) e.getCause()
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      owner.shutdown();
      throw new IllegalStateException("interrupted while the draft model was loading", e);
    }
  }

  public ModelInfo model() {
    return model.info();
  }

  @Override
  public void draft(DraftRequest request, SamplingParams sampling, Answer answer) {
    owner.execute(
        () -> {
          Picks picks;
          try {
            Segment segment = new Segment(0, request.keep(), request.feed(), 1, sampling);
            picks = model.step(Collections.singletonList(segment)).segment(0);
          } catch (RuntimeException e) {
            answer.failed(String.valueOf(e.getMessage()));
            return;
          }
          answer.drafted(picks.tokens()[0], picks.logProbabilities()[0]);
        });
  }

  @Override
  public void close() {
    owner.execute(model::close);
    owner.shutdown();
  }
}
