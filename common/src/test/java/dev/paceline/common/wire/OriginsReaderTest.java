package dev.paceline.common.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.verification.DraftDistribution;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.v1.Draft;
import dev.paceline.v1.SparseDistribution;
import org.junit.jupiter.api.Test;

/** What a draft frame may say of where its drafts come from. */
class OriginsReaderTest {
  private static final int VOCABULARY = 100;
  private static final SessionLimits LIMITS = new SessionLimits(64, 8, 64);
  private static final int ALL = DraftDistribution.UNITS;

  @Test
  void whatIsWrittenIsRead() {
    DraftFrame frame = new DraftFrame(1, 5, new int[] {7, 9});
    DraftFrame paper =
        read(
            frame.from(
                new DraftDistribution[] {
                  DraftDistribution.of(7, 0.25f), DraftDistribution.of(9, 1)
                }),
            VerificationMode.PAPER);
    assertThat(paper.distributions()[0].of(7)).isEqualTo(0.25f);
    assertThat(paper.distributions()[1].of(9)).isEqualTo(1);
    float[] logits = new float[VOCABULARY];
    for (int i = 0; i < VOCABULARY; i++) {
      logits[i] = (i * 37 % 11) * 0.7f;
    }
    DraftDistribution one = DraftDistribution.sparse(logits, new SamplingParams(1f, 0, 1f, 0));
    DraftDistribution sure = DraftDistribution.sparse(logits, SamplingParams.GREEDY);
    int id = one.sample(0.5);
    DraftFrame sent = new DraftFrame(1, 5, new int[] {id, sure.sample(0.5)});
    DraftFrame residual =
        read(sent.from(new DraftDistribution[] {one, sure}), VerificationMode.RESIDUAL);
    assertThat(residual.distributions()[0].size()).isEqualTo(one.size()).isGreaterThan(20);
    for (int i = 0; i < one.size(); i++) {
      assertThat(residual.distributions()[0].of(one.id(i))).isEqualTo(one.probability(i));
    }
    assertThat(residual.distributions()[1].of(sure.id(0))).isEqualTo(1);
  }

  private static DraftFrame read(DraftFrame frame, VerificationMode verification) {
    return FrameReader.draft(FrameWriter.draft(frame).getDraft(), VOCABULARY, LIMITS, verification);
  }

  @Test
  void probabilitiesThatCannotBeAreRefused() {
    for (float wrong : new float[] {0, -0.5f, 1.001f, Float.NaN, Float.POSITIVE_INFINITY}) {
      refused(draft().addQ(wrong), VerificationMode.PAPER, "probability " + wrong);
    }
    refused(draft(), VerificationMode.PAPER, "0 probabilities");
    refused(draft().addQ(1).addQ(1), VerificationMode.PAPER, "2 probabilities");
    refused(draft().addQ(1), VerificationMode.COUPLED, "1 probabilities");
    refused(draft().addQ(1), VerificationMode.RESIDUAL, "1 probabilities");
    refused(sparse(7, ALL), VerificationMode.COUPLED, "1 distributions");
    refused(sparse(7, ALL), VerificationMode.PAPER, "0 probabilities");
  }

  @Test
  void distributionsThatCannotBeAreRefused() {
    refused(draft(), VerificationMode.RESIDUAL, "0 distributions");
    refused(sparse(), VerificationMode.RESIDUAL, "sums to 0");
    refused(sparse(7, ALL - 1), VerificationMode.RESIDUAL, "sums to 65535");
    refused(sparse(7, ALL / 2, 8, ALL / 2 + 1), VerificationMode.RESIDUAL, "sums to 65537");
    refused(sparse(7, ALL, 8, ALL), VerificationMode.RESIDUAL, "sums to 131072");
    refused(sparse(8, ALL), VerificationMode.RESIDUAL, "gives it no probability");
    refused(sparse(7, ALL, 8, 0), VerificationMode.RESIDUAL, "probability 0/65536");
    refused(sparse(7, -1), VerificationMode.RESIDUAL, "probability 4294967295/65536");
    refused(sparse(7, ALL + 1), VerificationMode.RESIDUAL, "probability 65537/65536");
    refused(sparse(-1, ALL), VerificationMode.RESIDUAL, "token id -1");
    refused(sparse(VOCABULARY, ALL), VerificationMode.RESIDUAL, "token id 100");
    refused(sparse(7, ALL / 2, 7, ALL / 2), VerificationMode.RESIDUAL, "token id 7");
    refused(sparse(9, ALL / 2, 7, ALL / 2), VerificationMode.RESIDUAL, "token id 7");
    Draft.Builder uneven = sparse(7, ALL);
    uneven.getDistributionsBuilder(0).addIds(8);
    refused(uneven, VerificationMode.RESIDUAL, "2 ids and 1 probabilities");
    int[] many = new int[2 * 257];
    for (int i = 0; i < 257; i++) {
      many[2 * i] = i;
      many[2 * i + 1] = 1;
    }
    refused(sparse(many), VerificationMode.RESIDUAL, "257 ids");
  }

  @Test
  void aRuleWithoutDraftsOfTheClientIsRefused() {
    for (DecodeMode mode : DecodeMode.values()) {
      mode.require(VerificationMode.COUPLED);
      for (VerificationMode rule :
          new VerificationMode[] {VerificationMode.PAPER, VerificationMode.RESIDUAL}) {
        if (mode.drafts()) {
          mode.require(rule);
        } else {
          assertThatThrownBy(() -> mode.require(rule))
              .isInstanceOf(UserError.class)
              .hasMessageContaining(rule.name().toLowerCase(java.util.Locale.ROOT))
              .hasMessageContaining("stream, pearl or sync");
        }
      }
    }
  }

  private static Draft.Builder draft() {
    return Draft.newBuilder().setPosition(5).addIds(7);
  }

  /** A frame with draft 7 that came from these ids and units, in turns. */
  private static Draft.Builder sparse(int... idsAndUnits) {
    SparseDistribution.Builder from = SparseDistribution.newBuilder();
    for (int i = 0; i < idsAndUnits.length; i += 2) {
      from.addIds(idsAndUnits[i]).addUnits(idsAndUnits[i + 1]);
    }
    return draft().addDistributions(from);
  }

  private static void refused(Draft.Builder draft, VerificationMode verification, String part) {
    assertThatThrownBy(() -> FrameReader.draft(draft.build(), VOCABULARY, LIMITS, verification))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(part);
  }
}
