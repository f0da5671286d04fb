package dev.paceline.common.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.speculation.target.TargetActions;
import dev.paceline.common.speculation.target.TargetSession;
import dev.paceline.common.speculation.target.Work;
import dev.paceline.common.speculation.target.WorkKind;
import dev.paceline.common.verification.Distributed;
import dev.paceline.common.verification.DraftDistribution;
import dev.paceline.common.verification.Picked;
import dev.paceline.common.verification.TargetView;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.Draft;
import dev.paceline.v1.ServerFrame;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What must hold for any bytes from the other side; shared by the fuzzer and the random test. */
final class HostileFrames {
  private static final int VOCABULARY = 50;
  private static final SessionLimits LIMITS = new SessionLimits(64, 16, 40);

  private HostileFrames() {}

  /** Bytes are a valid core frame or refused with one sentence. */
  static void read(byte[] bytes) {
    try {
      ClientFrame frame = ClientFrame.parseFrom(bytes);
      if (frame.hasOpen()) {
        OpenFrame open = FrameReader.open(frame.getOpen(), VOCABULARY, LIMITS);
        assertThat(open.prompt().length).isBetween(1, LIMITS.contextLength() - 1);
        assertThat(open.maxTokens()).isPositive();
        inVocabulary(open.prompt());
        inVocabulary(open.resume());
        inVocabulary(open.stopIds());
      } else if (frame.hasDraft()) {
        for (VerificationMode verification : VerificationMode.values()) {
          readDraft(frame.getDraft(), verification);
        }
      }
      ServerFrame answer = ServerFrame.parseFrom(bytes);
      if (answer.hasOpened()) {
        assertThat(FrameReader.opened(answer.getOpened()).cachedPrefix()).isNotNegative();
      } else if (answer.hasVerdict()) {
        VerdictFrame verdict = FrameReader.verdict(answer.getVerdict(), VOCABULARY);
        assertThat(verdict.accepted()).isBetween(0, verdict.ids().length);
        inVocabulary(verdict.ids());
      } else if (answer.hasFinished()) {
        assertThat(FrameReader.finished(answer.getFinished()).reason()).isNotNull();
      }
    } catch (InvalidProtocolBufferException e) {
      // The transport refuses it before anybody looks at a field.
    } catch (UserError e) {
      assertThat(e.getMessage()).isNotBlank().doesNotContain("\n").hasSizeLessThan(300);
    }
  }

  /** The bytes of a draft alone, so that the fuzzer need not find the frame around it. */
  static void readDraft(byte[] bytes) {
    try {
      Draft draft = Draft.parseFrom(bytes);
      for (VerificationMode verification : VerificationMode.values()) {
        readDraft(draft, verification);
      }
    } catch (InvalidProtocolBufferException e) {
      // As above.
    }
  }

  private static void readDraft(Draft sent, VerificationMode verification) {
    DraftFrame draft;
    try {
      draft = FrameReader.draft(sent, VOCABULARY, LIMITS, verification);
    } catch (UserError e) {
      assertThat(e.getMessage()).isNotBlank().doesNotContain("\n").hasSizeLessThan(300);
      return;
    }
    assertThat(draft.epoch()).isNotNegative();
    assertThat(draft.position()).isNotNegative();
    inVocabulary(draft.ids());
    boolean coupled = verification == VerificationMode.COUPLED;
    assertThat(draft.distributions()).hasSize(coupled ? 0 : draft.ids().length);
    for (int i = 0; i < draft.distributions().length; i++) {
      DraftDistribution origin = draft.distributions()[i];
      double sum = 0;
      for (int k = 0; k < origin.size(); k++) {
        inVocabulary(new int[] {origin.id(k)});
        assertThat(origin.probability(k)).isGreaterThan(0).isLessThanOrEqualTo(1);
        sum += origin.probability(k);
      }
      assertThat(origin.of(draft.ids()[i])).isPositive();
      assertThat(sum).isLessThanOrEqualTo(1);
      if (origin.whole()) {
        assertThat(sum).isEqualTo(1);
      }
    }
  }

  private static void inVocabulary(int[] ids) {
    for (int id : ids) {
      assertThat(id).isBetween(0, VOCABULARY - 1);
    }
  }

  /**
   * A session that is driven by these bytes puts out its own sequence and nothing else. Sampling is
   * greedy, so that this holds under every rule, whatever a client says that it drafted from.
   */
  static void drive(byte[] bytes) {
    new Driven(ByteBuffer.wrap(bytes)).run();
  }

  /** The token at a position, whatever anybody drafts. */
  private static int own(int position) {
    return (position * 31 + 7) % VOCABULARY;
  }

  private static final class Driven implements TargetActions {
    private final ByteBuffer bytes;
    private final TargetSession session;
    private final VerificationMode verification;
    private final int prompt;
    private long now;
    private int known;
    private boolean opened;
    private boolean wants;
    private boolean finished;
    private boolean released;
    private @Nullable Work work;

    Driven(ByteBuffer bytes) {
      this.bytes = bytes;
      int choice = next();
      DecodeMode mode = DecodeMode.values()[choice % 3];
      verification = VerificationMode.values()[choice / 3 % 3];
      prompt = 1 + next() % 20;
      int resumed = next() % 10;
      int maxTokens = 1 + next() % 60;
      known = prompt + resumed;
      session =
          new TargetSession(
              new OpenFrame(
                  "",
                  new byte[0],
                  sequence(0, prompt),
                  sequence(prompt, known),
                  SamplingParams.GREEDY,
                  maxTokens,
                  new int[0],
                  mode,
                  verification,
                  "fuzz"),
              LIMITS,
              "model",
              this);
    }

    void run() {
      while (bytes.hasRemaining()) {
        event(next() % 10);
        now += next() * 100_000L;
      }
      session.disconnected(now);
      stepDone();
      assertThat(released).as("released").isTrue();
    }

    private void event(int kind) {
      switch (kind) {
        case 0:
          session.start(next() - 20, now);
          break;
        case 1:
        case 2:
        case 3:
          session.draft(draft(), now);
          break;
        case 4:
        case 5:
        case 6:
          takeWork();
          break;
        case 7:
          stepDone();
          break;
        case 8:
          session.tick(now);
          break;
        default:
          if (next() % 16 == 0) {
            session.cancel(now);
          } else if (next() % 16 == 0) {
            session.disconnected(now);
          }
      }
    }

    /** What a reader lets through: right, nearly right or absurd. */
    private DraftFrame draft() {
      int shape = next();
      int epoch = shape % 5 == 0 ? session.epoch() + next() - 4 : session.epoch();
      if (shape == 77) {
        epoch = Protocol.MAX_EPOCH;
      }
      int position = shape % 7 == 0 ? next() : Math.max(0, known + next() % 5 - 2);
      int[] ids = sequence(position, position + next() % 24);
      if (shape % 3 == 0 && ids.length > 0) {
        ids[next() % ids.length] = next() % VOCABULARY;
      }
      DraftFrame frame = new DraftFrame(Math.max(0, epoch), position, ids);
      if (verification == VerificationMode.COUPLED) {
        return frame;
      }
      DraftDistribution[] origins = new DraftDistribution[ids.length];
      Arrays.setAll(origins, i -> origin(ids[i]));
      return frame.from(origins);
    }

    /** What a reader lets through: the draft itself may have next to no probability. */
    private DraftDistribution origin(int id) {
      int units = 1 + next() * 256;
      if (verification == VerificationMode.PAPER) {
        return DraftDistribution.of(id, (float) units / DraftDistribution.UNITS);
      }
      int other = (id + 1 + next()) % VOCABULARY;
      if (other == id) {
        return new DraftDistribution(new int[] {id}, new float[] {1});
      }
      float q = (float) units / DraftDistribution.UNITS;
      int[] both = {Math.min(id, other), Math.max(id, other)};
      float[] chances = id < other ? new float[] {q, 1 - q} : new float[] {1 - q, q};
      return new DraftDistribution(both, chances);
    }

    private void takeWork() {
      if (!wants || work != null) {
        return;
      }
      wants = false;
      work = session.takeWork(1 + next() % 20, now);
      if (work != null) {
        int[] tokens = work.tokens();
        for (int i = 0; i < tokens.length && work.start() + i < known; i++) {
          assertThat(tokens[i]).as("row at %d", work.start() + i).isEqualTo(own(work.start() + i));
        }
        assertThat(work.start() + tokens.length).isLessThanOrEqualTo(LIMITS.contextLength());
      }
    }

    private void stepDone() {
      Work done = work;
      if (done == null) {
        return;
      }
      work = null;
      int[] picks = new int[done.picks()];
      int[] drafts = done.drafts();
      boolean right = true;
      for (int i = 0; i < picks.length; i++) {
        right &= i == 0 || drafts[i - 1] == own(done.firstPick() + i - 1);
        // After a wrong draft the model says something else, which nobody may believe.
        picks[i] = right ? own(done.firstPick() + i) : (own(done.firstPick() + i) + 1) % VOCABULARY;
      }
      session.stepDone(view(picks), 1_000_000, 0, now);
    }

    private TargetView view(int[] picks) {
      if (verification == VerificationMode.COUPLED) {
        return new Picked(picks);
      }
      float[][] logits = new float[picks.length][VOCABULARY];
      for (int i = 0; i < picks.length; i++) {
        logits[i][picks[i]] = 1;
      }
      return new Distributed(verification, SamplingParams.GREEDY, logits);
    }

    private int next() {
      return bytes.hasRemaining() ? bytes.get() & 0xff : 0;
    }

    private static int[] sequence(int from, int to) {
      int[] ids = new int[to - from];
      Arrays.setAll(ids, i -> own(from + i));
      return ids;
    }

    @Override
    public void workReady(WorkKind kind) {
      wants = true;
    }

    @Override
    public void workWithdrawn() {
      wants = false;
    }

    @Override
    public void wakeAt(long nanos) {}

    @Override
    public void sendOpened(OpenedFrame frame) {
      assertThat(opened).as("opened before").isFalse();
      opened = true;
    }

    @Override
    public void sendVerdict(VerdictFrame frame) {
      assertThat(opened && !finished && !released).as("may speak").isTrue();
      assertThat(frame.firstPosition()).isEqualTo(known);
      assertThat(frame.ids()).isEqualTo(sequence(known, known + frame.ids().length)).isNotEmpty();
      assertThat(frame.epoch()).isNotNegative();
      assertThat(frame.accepted()).isBetween(0, frame.ids().length);
      known += frame.ids().length;
    }

    @Override
    public void sendFinished(FinishedFrame frame) {
      assertThat(finished || released).as("ended before").isFalse();
      assertThat(frame.outputTokens()).isEqualTo(known - prompt);
      finished = true;
    }

    @Override
    public void release(int[] tokens, int computed) {
      assertThat(released).as("released before").isFalse();
      assertThat(tokens).isEqualTo(sequence(0, known));
      assertThat(computed).isBetween(0, tokens.length);
      released = true;
    }
  }
}
