package dev.paceline.draft.text;

import static dev.paceline.common.speculation.draft.Provenance.DRAFTED_ACCEPTED;
import static dev.paceline.common.speculation.draft.Provenance.TARGET;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopFilterTest {
  /** Pieces as they came, those of drafts in brackets. */
  private static List<String> filtered(List<String> stops, String... pieces) {
    List<String> out = new ArrayList<>();
    StopFilter filter =
        new StopFilter(
            stops, (piece, from) -> out.add(from == DRAFTED_ACCEPTED ? "[" + piece + "]" : piece));
    for (int i = 0; i < pieces.length; i++) {
      filter.append(pieces[i], i % 2 == 1 ? DRAFTED_ACCEPTED : TARGET);
    }
    filter.flush();
    return out;
  }

  @Test
  void withoutStopStringsNothingIsHeldBack() {
    List<String> out = new ArrayList<>();
    StopFilter filter = new StopFilter(List.of(), (piece, from) -> out.add(piece));
    filter.append("Once", TARGET);
    assertThat(out).containsExactly("Once");
  }

  @Test
  void whatMayBecomeAStopStringWaits() {
    List<String> out = new ArrayList<>();
    StopFilter filter = new StopFilter(List.of("\n\nEnd"), (piece, from) -> out.add(piece));
    filter.append("line\n", TARGET);
    assertThat(String.join("", out)).isEqualTo("line");
    filter.append("\n", TARGET);
    assertThat(String.join("", out)).isEqualTo("line");
    filter.append("\nE", TARGET);
    assertThat(String.join("", out)).isEqualTo("line\n");
    filter.append("nd of it", TARGET);
    assertThat(String.join("", out)).isEqualTo("line\n");
    assertThat(filter.stopped()).isTrue();
    filter.append("more", TARGET);
    filter.flush();
    assertThat(String.join("", out)).isEqualTo("line\n");
  }

  @Test
  void heldBackTextKeepsWhereItCameFrom() {
    assertThat(filtered(List.of("abcd"), "xa", "b", "c", "e"))
        .containsExactly("x", "a", "[b]", "c", "[e]");
    assertThat(filtered(List.of("abcd"), "xa", "b", "cd")).containsExactly("x");
  }

  @Test
  void theStopStringThatIsCompleteFirstWins() {
    assertThat(filtered(List.of("abcd", "bc"), "xabcd")).containsExactly("xa");
    assertThat(filtered(List.of("bc", "abc"), "xabcd")).containsExactly("x");
  }

  /** Compared with a plain search in the whole text, however it is cut into pieces. */
  @Test
  void theResultDoesNotDependOnThePieces() {
    Random random = new Random(7);
    for (int round = 0; round < 5000; round++) {
      String text = word(random, 12);
      List<String> stops = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        stops.add(word(random, 1 + random.nextInt(4)));
      }
      StringBuilder out = new StringBuilder();
      StopFilter filter = new StopFilter(stops, (piece, from) -> out.append(piece));
      for (int at = 0; at < text.length(); ) {
        int end = Math.min(text.length(), at + 1 + random.nextInt(4));
        filter.append(text.substring(at, end), TARGET);
        at = end;
      }
      filter.flush();
      assertThat(out.toString()).as("%s without %s", text, stops).isEqualTo(cut(text, stops));
    }
  }

  private static String cut(String text, List<String> stops) {
    for (int end = 0; end <= text.length(); end++) {
      String head = text.substring(0, end);
      int start =
          stops.stream()
              .filter(head::endsWith)
              .mapToInt(stop -> head.length() - stop.length())
              .min()
              .orElse(-1);
      if (start >= 0) {
        return text.substring(0, start);
      }
    }
    return text;
  }

  private static String word(Random random, int length) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < length; i++) {
      word.append((char) ('a' + random.nextInt(2)));
    }
    return word.toString();
  }
}
