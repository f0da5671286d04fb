package dev.paceline.draft.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import dev.paceline.draft.text.Cancellation;
import dev.paceline.draft.text.TextListener;
import dev.paceline.draft.text.TextModel;
import dev.paceline.draft.text.TextRequest;
import dev.paceline.draft.text.TextResult;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which models requests get. */
class LanesTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong();
  private final List<Opened> opened = new ArrayList<>();
  private boolean serverThere;
  private final Lanes lanes = new Lanes(2, this::open, now::get);

  private TextModel open() {
    Opened model = new Opened(!serverThere);
    opened.add(model);
    return model;
  }

  @Test
  void aModelIsKeptAndTheOneUsedLastComesFirst() {
    serverThere = true;
    Lanes.Lane first = lanes.acquire();
    Lanes.Lane second = lanes.acquire();
    second.close();
    first.close();
    now.addAndGet(1000 * SECOND);
    try (Lanes.Lane again = lanes.acquire()) {
      assertThat(again.model()).isSameAs(opened.get(0));
    }
    assertThat(opened).hasSize(2).noneMatch(model -> model.closed);
    lanes.close();
    assertThat(opened).allMatch(model -> model.closed);
  }

  @Test
  void whatStandsInForAServerGoesOnceTheServerMayBeBack() {
    List<TextModel> told = new ArrayList<>();
    lanes.onOpened(told::add);
    lanes.acquire().close();
    serverThere = true;
    now.addAndGet(29 * SECOND);
    try (Lanes.Lane soon = lanes.acquire()) {
      assertThat(soon.model()).as("not at every request").isSameAs(opened.get(0));
    }
    now.addAndGet(2 * SECOND);
    try (Lanes.Lane later = lanes.acquire()) {
      assertThat(later.model()).isSameAs(opened.get(1));
      assertThat(later.model().standsIn()).isFalse();
    }
    assertThat(opened.get(0).closed).isTrue();
    assertThat(told).containsExactlyElementsOf(opened);
  }

  @Test
  void aModelThatCannotBeOpenedTakesNoLane() {
    Lanes broken =
        new Lanes(
            1,
            () -> {
              throw new UserError("no");
            });
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(broken::acquire).isInstanceOf(UserError.class).hasMessage("no");
      assertThat(broken.busy()).isZero();
    }
  }

  private static final class Opened implements TextModel {
    private final boolean standsIn;
    private boolean closed;

    Opened(boolean standsIn) {
      this.standsIn = standsIn;
    }

    @Override
    public Tokenizer tokenizer() {
      throw new UnsupportedOperationException();
    }

    @Override
    public String modelId() {
      return standsIn ? "draft" : "target";
    }

    @Override
    public int contextLength() {
      return 1;
    }

    @Override
    public TextResult run(TextRequest request, TextListener listener, Cancellation cancellation) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean standsIn() {
      return standsIn;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
