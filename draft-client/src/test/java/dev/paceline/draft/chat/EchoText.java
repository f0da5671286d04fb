package dev.paceline.draft.chat;

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
 * Answers with what it was asked to continue, in brackets: the text of the draft, the brackets the
 * target's own. One whose prompt ends in "forever" writes a word and waits until it is cancelled;
 * one that ends in "fail" fails.
 */
final class EchoText implements TextModel {
  private final Tokenizer tokenizer;

  EchoText(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public String modelId() {
    return "echo";
  }

  @Override
  public int contextLength() {
    return 64;
  }

  @Override
  public TextResult run(TextRequest request, TextListener listener, Cancellation cancellation) {
    String prompt = tokenizer.decode(request.prompt());
    if (prompt.endsWith("fail")) {
      throw new UserError("the server could not be reached any more");
    }
    if (prompt.endsWith("forever")) {
      listener.text(" and ever", Provenance.TARGET);
      CountDownLatch cancelled = new CountDownLatch(1);
      cancellation.onCancel(cancelled::countDown);
      try {
        cancelled.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return new TextResult(TextResult.End.CANCELLED, request.prompt().length, 2, 0, null, 1, 1);
    }
    listener.text("<", Provenance.TARGET);
    listener.text(prompt.replace("\n", "|"), Provenance.DRAFTED_ACCEPTED);
    listener.text(">", Provenance.TARGET);
    return new TextResult(TextResult.End.LENGTH, request.prompt().length, 5, 0, null, 10, 2);
  }

  @Override
  public void close() {}
}
