package dev.paceline.draft.core;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.draft.DraftRequest;
import dev.paceline.common.verification.DraftDistribution;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.models.lm.DraftModel;
import dev.paceline.models.lm.Drafts;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.models.lm.StepDraftModel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Drafts with a {@link DraftModel} on a thread of its own, which loads, owns and closes the model.
 */
public final class ModelDrafter implements Drafter {
  private final ExecutorService owner;
  private final DraftModel model;
  private final DraftAhead ahead = new DraftAhead(System::nanoTime);

  /**
   * Loads a model that also does other things.
   *
   * @throws dev.paceline.common.UserError from the loader
   */
  public ModelDrafter(Supplier<LanguageModel> loader) {
    this(() -> new StepDraftModel(loader.get()), "drafter");
  }

  /**
   * Loads a model for drafts.
   *
   * @throws dev.paceline.common.UserError from the loader
   */
  public static ModelDrafter drafting(Supplier<DraftModel> loader) {
    return new ModelDrafter(loader, "drafter");
  }

  private ModelDrafter(Supplier<DraftModel> loader, String threadName) {
    owner =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, threadName);
              thread.setDaemon(true);
              return thread;
            });
    Future<DraftModel> loading = owner.submit(loader::get);
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
          try {
            if (request.verification() == VerificationMode.RESIDUAL) {
              draw(request, sampling, answer);
            } else {
              Drafts next = ahead.next(model, request, sampling);
              answer.drafted(next.ids()[0], next.logProbabilities()[0]);
            }
          } catch (RuntimeException e) {
            answer.failed(String.valueOf(e.getMessage()));
          }
        });
  }

  /** A token of the distribution that is sent with it, so that the one is drawn from the other. */
  private void draw(DraftRequest request, SamplingParams sampling, Answer answer) {
    float[] logits = model.logits(request.keep(), request.feed());
    DraftDistribution origin = DraftDistribution.sparse(logits, sampling);
    int id = origin.sample(request.uniform(sampling.seed()));
    answer.drafted(id, (float) Math.log(origin.of(id)), origin);
  }

  @Override
  public void close() {
    owner.execute(model::close);
    owner.shutdown();
  }
}
