package dev.paceline.draft.cli;

import dev.paceline.draft.core.SoloDecoder;
import dev.paceline.draft.text.Cancellation;
import dev.paceline.draft.text.TextListener;
import dev.paceline.draft.text.TextModel;
import dev.paceline.draft.text.TextRequest;
import dev.paceline.draft.text.TextResult;
import dev.paceline.draft.text.TextStream;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** The draft model alone, without a server, on the thread that owns it. */
final class DeviceText implements TextModel {
  private final Tokenizer tokenizer;
  private final ExecutorService owner =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "device-only");
            thread.setDaemon(true);
            return thread;
          });
  private final LanguageModel model;
  private final ModelInfo info;
  private final boolean standsIn;

  /** Thrown out of the decoder, which has no other way to end early. */
  @SuppressWarnings("serial")
  private static final class Enough extends RuntimeException {
    Enough() {
      super(null, null, false, false);
    }
  }

  /**
   * @param tokenizer stays the caller's
   * @param loader of the model, which is closed with this
   * @param standsIn for a server that could not be reached
   */
  DeviceText(Tokenizer tokenizer, Supplier<LanguageModel> loader, boolean standsIn) {
    this.tokenizer = tokenizer;
    this.standsIn = standsIn;
    try {
      model = owned(loader::get);
    } catch (RuntimeException e) {
      owner.shutdown();
      throw e;
    }
    info = model.info();
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public String modelId() {
    return info.id();
  }

  @Override
  public int contextLength() {
    return info.contextLength();
  }

  @Override
  public boolean standsIn() {
    return standsIn;
  }

  @Override
  public TextResult run(TextRequest request, TextListener listener, Cancellation cancellation) {
    request.requireFits(contextLength());
    TextStream stream = new TextStream(tokenizer, request.stops(), listener, System::nanoTime);
    owned(
        () -> {
          decode(request, stream, cancellation);
          return stream;
        });
    return stream.finish(request.prompt().length, null, cancellation.cancelled());
  }

  private void decode(TextRequest request, TextStream stream, Cancellation cancellation) {
    try {
      SoloDecoder.decode(
          model,
          request.prompt(),
          request.sampling(),
          request.maxTokens(),
          TextStream.stopIds(tokenizer),
          id -> {
            if (!stream.append(id) || cancellation.cancelled()) {
              throw new Enough();
            }
          });
    } catch (Enough e) {
      // The text is complete, or nobody wants more of it.
    }
  }

  private <T> T owned(Callable<T> work) {
    try {
      return owner.submit(work).get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    owner.execute(model::close);
    owner.shutdown();
  }
}
