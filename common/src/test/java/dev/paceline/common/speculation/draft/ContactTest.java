package dev.paceline.common.speculation.draft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When silence is too long. */
class ContactTest {
  private static final long MS = 1_000_000;
  private static final long STALL = 30_000 * MS;

  private final Contact contact = new Contact(new DraftOptions(8, 8, MS, MS, STALL));

  @Test
  void aPromptMayTakeAsLongAsTheStallLimit() {
    contact.begins(5 * MS);
    assertThat(contact.silentAt()).isEqualTo(5 * MS + STALL);
  }

  @Test
  void tokensThatFlowAreMissedSoon() {
    contact.begins(0);
    for (long i = 0; i < 10; i++) {
      contact.tokens(i * 40 * MS);
    }
    assertThat(contact.silentAt()).isEqualTo(9 * 40 * MS + 3_000 * MS);
  }

  @Test
  void aSlowServerIsGivenItsTime() {
    contact.begins(0);
    for (long i = 0; i < 30; i++) {
      contact.tokens(i * 500 * MS);
    }
    assertThat(contact.silentAt()).isEqualTo(29 * 500 * MS + 20 * 500 * MS);
    for (long i = 0; i < 30; i++) {
      contact.tokens((15 + 5 * i) * 1000 * MS);
    }
    assertThat(contact.silentAt()).as("no more than the limit").isEqualTo(160_000 * MS + STALL);
  }

  @Test
  void anotherStreamBeginsAnew() {
    contact.begins(0);
    contact.tokens(40 * MS);
    contact.tokens(80 * MS);
    contact.begins(4_000 * MS);
    assertThat(contact.silentAt()).isEqualTo(4_000 * MS + STALL);
    contact.tokens(9_000 * MS);
    assertThat(contact.silentAt()).as("the usual gap is known").isEqualTo(12_000 * MS);
  }

  @Test
  void withoutALimitNothingIsSilence() {
    Contact patient = new Contact(new DraftOptions(8, 8, MS, MS, 0));
    patient.begins(0);
    patient.tokens(MS);
    assertThat(patient.silentAt()).isEqualTo(Contact.NEVER);
  }
}
