package dev.paceline.scheduler.masac;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/** The last transitions, sampled uniformly. */
final class Replay {
  private final int capacity;
  private final List<Transition> items = new ArrayList<>();
  private int oldest;

  Replay(int capacity) {
    this.capacity = capacity;
  }

  /** A buffer with the contents of another. */
  Replay(int capacity, Contents contents) {
    this(capacity);
    items.addAll(contents.items());
    oldest = contents.oldest();
  }

  /**
   * What a buffer holds.
   *
   * @param items in the order of their places
   * @param oldest place that is overwritten next in a full buffer
   */
  record Contents(List<Transition> items, int oldest) {}

  Contents contents() {
    return new Contents(Collections.unmodifiableList(items), oldest);
  }

  void add(Transition item) {
    if (items.size() < capacity) {
      items.add(item);
    } else {
      items.set(oldest, item);
      oldest = (oldest + 1) % capacity;
    }
  }

  int size() {
    return items.size();
  }

  List<Transition> sample(int count, RandomGenerator random) {
    List<Transition> drawn = new ArrayList<>(count);
    for (int k = 0; k < count; k++) {
      drawn.add(items.get(random.nextInt(items.size())));
    }
    return drawn;
  }
}
