package dev.paceline.draft.openai;

import dev.paceline.common.UserError;
import dev.paceline.common.speculation.draft.Provenance;
import dev.paceline.draft.text.Cancellation;
import dev.paceline.draft.text.TextListener;
import dev.paceline.draft.text.TextModel;
import dev.paceline.draft.text.TextRequest;
import dev.paceline.draft.text.TextResult;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.concurrent.CountDownLatch;

/**
 * Writes "w0 w1 ...", a word for each token that is asked for. One whose prompt is {@link #ENDLESS}
 * writes a word and then waits until it is cancelled; one whose prompt is {@link #BROKEN} fails
 * after a word, and {@link #REFUSED} before; words of one whose prompt is {@link #SEEDED} are its
 * seed.
 */
final class FakeText implements TextModel {
  static final int[] SEEDED = {6};
  static final int[] ENDLESS = {7};
  static final int[] BROKEN = {8};
  static final int[] REFUSED = {9};
  static final int CONTEXT = 64;

  private final Tokenizer tokenizer;

  FakeText(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public String modelId() {
    return "org/fake";
  }

  @Override
  public int contextLength() {
    return CONTEXT;
  }

  @Override
  public TextResult run(TextRequest request, TextListener listener, Cancellation cancellation) {
    int kind = request.prompt().length == 1 ? request.prompt()[0] : 0;
    if (kind == REFUSED[0]) {
      throw new UserError("the server refused: no");
    }
    for (int i = 0; i < request.maxTokens(); i++) {
      listener.tokens(1, i % 2);
      String word = kind == SEEDED[0] ? "s" + request.sampling().seed() : "w" + i;
      listener.text(word + " ", i % 2 == 1 ? Provenance.DRAFTED_ACCEPTED : Provenance.TARGET);
      if (kind == BROKEN[0]) {
        throw new UserError("the server could not be reached any more: gone");
      }
      if (kind == ENDLESS[0]) {
        CountDownLatch gone = new CountDownLatch(1);
        cancellation.onCancel(gone::countDown);
        try {
          gone.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        return result(TextResult.End.CANCELLED, request, 1);
      }
    }
    return result(TextResult.End.LENGTH, request, request.maxTokens());
  }

  private static TextResult result(TextResult.End end, TextRequest request, int output) {
    return new TextResult(end, request.prompt().length, output, 0, null, 10, 2);
  }

  @Override
  public void close() {}
}
