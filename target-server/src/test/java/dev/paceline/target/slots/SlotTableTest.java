package dev.paceline.target.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotTableTest {
  private final SlotTable<String> table = new SlotTable<>(2, 16, 2);

  private static int[] tokens(int... ids) {
    return ids;
  }

  private int acquireAndFill(String session, int... ids) {
    SlotLease lease = table.acquire(session, ids).orElseThrow();
    int cached = lease.cachedPositions();
    int[] rest = Arrays.copyOfRange(ids, cached, ids.length);
    table.commit(session, cached, rest, rest.length);
    return lease.slot();
  }

  @Test
  void aReturningSessionFindsItsPositions() {
    int slot = acquireAndFill("a", 1, 2, 3);
    table.commit("a", 3, tokens(4, 5), 2);
    table.release("a");
    assertThat(table.acquire("a2", tokens(1, 2, 3, 4, 5, 6))).contains(new SlotLease(slot, 5));
    SlotStatistics statistics = table.statistics();
    assertThat(statistics.hits()).isEqualTo(1);
    assertThat(statistics.cachedTokens()).isEqualTo(5);
    assertThat(statistics.queriedTokens()).isEqualTo(9);
    assertThat(statistics.usage()).isEqualTo(0.5);
  }

  @Test
  void theLastTokenIsNeverCached() {
    acquireAndFill("a", 1, 2, 3);
    table.release("a");
    assertThat(table.acquire("b", tokens(1, 2, 3)).orElseThrow().cachedPositions()).isEqualTo(2);
  }

  @Test
  void aLiveSlotIsNeitherSharedNorStolen() {
    int first = acquireAndFill("a", 1, 2, 3);
    SlotLease second = table.acquire("b", tokens(1, 2, 3)).orElseThrow();
    assertThat(second.slot()).isNotEqualTo(first);
    assertThat(second.cachedPositions()).isZero();
    assertThat(table.acquire("c", tokens(1, 2, 3))).isEmpty();
    assertThat(table.freeCount()).isZero();
  }

  @Test
  void anEmptySlotIsPreferredToForgetting() {
    acquireAndFill("a", 1, 2, 3);
    table.release("a");
    acquireAndFill("b", 1, 9, 9);
    assertThat(table.statistics().evictions()).isZero();
    assertThat(table.acquire("a2", tokens(1, 2, 3, 4)).orElseThrow().cachedPositions())
        .isEqualTo(3);
  }

  @Test
  void theOneReleasedLongestAgoIsForgotten() {
    acquireAndFill("a", 1, 1, 1);
    acquireAndFill("b", 2, 2, 2);
    table.release("b");
    table.release("a");
    acquireAndFill("c", 3, 3, 3);
    assertThat(table.statistics().evictions()).isEqualTo(1);
    assertThat(table.acquire("a2", tokens(1, 1, 1, 1)).orElseThrow().cachedPositions())
        .isEqualTo(3);
  }

  @Test
  void rejectedPositionsAreNotRemembered() {
    acquireAndFill("a", 1, 2, 3);
    table.commit("a", 3, tokens(7, 8, 9), 3);
    table.truncate("a", 4);
    assertThat(table.length("a")).isEqualTo(4);
    table.commit("a", 4, tokens(5), 1);
    table.release("a");
    assertThat(table.acquire("b", tokens(1, 2, 3, 7, 8, 9)).orElseThrow().cachedPositions())
        .isEqualTo(4);
  }

  @Test
  void invalidatedSlotsRememberNothing() {
    int slot = acquireAndFill("a", 1, 2, 3);
    table.invalidate(slot);
    assertThat(table.length("a")).isZero();
    assertThat(table.slotOf("a")).isEqualTo(slot);
    table.release("a");
    acquireAndFill("b", 1, 2, 3);
    table.release("b");
    table.invalidateAll();
    assertThat(table.acquire("c", tokens(1, 2, 3)).orElseThrow().cachedPositions()).isZero();
  }

  @Test
  void misuseIsRefusedWithItsValue() {
    acquireAndFill("a", 1, 2, 3);
    assertThatThrownBy(() -> table.acquire("a", tokens(1))).hasMessageContaining("already");
    assertThatThrownBy(() -> table.acquire("b", tokens())).hasMessageContaining("0 tokens");
    assertThatThrownBy(() -> table.acquire("b", new int[17])).hasMessageContaining("17 tokens");
    assertThatThrownBy(() -> table.commit("a", 4, tokens(1), 1)).hasMessageContaining("gap");
    assertThatThrownBy(() -> table.commit("a", 3, new int[14], 14)).hasMessageContaining("overrun");
    assertThatThrownBy(() -> table.commit("b", 0, tokens(1), 1)).hasMessageContaining("no slot");
    table.release("nobody");
    assertThat(table.slotOf("nobody")).isEqualTo(-1);
  }

  /** The same rules, written as plainly as possible. */
  private static final class Naive {
    final List<List<Integer>> contents = new ArrayList<>();
    final int[] age;
    final Map<Integer, Integer> holder = new TreeMap<>();
    int ticks;

    Naive(int slots) {
      age = new int[slots];
      for (int i = 0; i < slots; i++) {
        contents.add(new ArrayList<>());
      }
    }

    Optional<SlotLease> acquire(int session, List<Integer> ids, int minimumMatch) {
      List<Integer> free = new ArrayList<>();
      for (int i = 0; i < age.length; i++) {
        if (!holder.containsKey(i)) {
          free.add(i);
        }
      }
      if (free.isEmpty()) {
        return Optional.empty();
      }
      Comparator<Integer> longest = Comparator.comparingInt(slot -> prefix(slot, ids));
      int best = free.stream().max(longest.thenComparing(Comparator.reverseOrder())).orElseThrow();
      if (prefix(best, ids) < minimumMatch) {
        Comparator<Integer> empty = Comparator.comparing(slot -> !contents.get(slot).isEmpty());
        best =
            free.stream()
                .min(empty.thenComparing(s -> contents.get(s).isEmpty() ? 0 : age[s]))
                .orElseThrow();
      }
      int cached = Math.min(prefix(best, ids), ids.size() - 1);
      contents.set(best, new ArrayList<>(ids.subList(0, cached)));
      holder.put(best, session);
      return Optional.of(new SlotLease(best, cached));
    }

    int prefix(int slot, List<Integer> ids) {
      int i = 0;
      List<Integer> held = contents.get(slot);
      while (i < held.size() && i < ids.size() && held.get(i).equals(ids.get(i))) {
        i++;
      }
      return i;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void behavesLikeTheNaiveModel(long seed) {
    Random random = new Random(seed);
    int slots = 1 + random.nextInt(6);
    SlotTable<Integer> table = new SlotTable<>(slots, 24, 3);
    Naive naive = new Naive(slots);
    List<Integer> sessions = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      String where = "seed " + seed + ", operation " + i;
      if (sessions.isEmpty() || random.nextInt(3) == 0) {
        // Few distinct tokens, so that prefixes collide.
        int[] ids = random.ints(1 + random.nextInt(12), 0, 2).toArray();
        Optional<SlotLease> lease = table.acquire(i, ids);
        List<Integer> list = Arrays.stream(ids).boxed().toList();
        assertThat(lease).as(where).isEqualTo(naive.acquire(i, list, 3));
        if (lease.isPresent()) {
          sessions.add(i);
        }
        assertThat(table.statistics().live()).as(where).isEqualTo(naive.holder.size());
        continue;
      }
      int session = sessions.get(random.nextInt(sessions.size()));
      int slot = table.slotOf(session);
      List<Integer> held = naive.contents.get(slot);
      assertThat(naive.holder.get(slot)).as(where).isEqualTo(session);
      assertThat(table.length(session)).as(where).isEqualTo(held.size());
      switch (random.nextInt(4)) {
        case 0 -> {
          table.release(session);
          naive.holder.remove(slot);
          naive.age[slot] = ++naive.ticks;
          sessions.remove(Integer.valueOf(session));
        }
        case 1 -> {
          int length = random.nextInt(held.size() + 1);
          table.truncate(session, length);
          held.subList(length, held.size()).clear();
        }
        case 2 -> {
          int position = random.nextInt(held.size() + 1);
          int count = random.nextInt(Math.min(6, 24 - position) + 1);
          int[] ids = random.ints(count, 0, 2).toArray();
          table.commit(session, position, ids, count);
          held.subList(position, held.size()).clear();
          Arrays.stream(ids).forEach(held::add);
        }
        default -> {
          if (random.nextInt(10) == 0) {
            table.invalidate(slot);
            held.clear();
          }
        }
      }
    }
    SlotStatistics statistics = table.statistics();
    assertThat(statistics.hits()).isBetween(1L, statistics.acquisitions());
    assertThat(statistics.hitRate()).isBetween(0.0, 1.0);
  }
}
