package dev.paceline.scheduler.masac;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * An episode that can be taken up again. An episode is a function of the generator it is drawn from
 * and of the actions taken in it, so both are kept; the system itself need not be written down.
 */
final class RecordedEpisode {
  private final SavableRandom.State start;
  private final Episode episode;
  private final List<float[][]> taken = new ArrayList<>();
  private int slots;

  /**
   * @param start state of the generator that the episode was drawn from
   * @param slots slots run
   * @param taken every agent's actions in the order they were asked for
   */
  record History(SavableRandom.State start, int slots, List<float[][]> taken) {}

  /** Draws a fresh episode. */
  RecordedEpisode(SavableRandom random, Function<SavableRandom, Episode> draw) {
    this.start = random.state();
    this.episode = draw.apply(random);
  }

  /** Draws an episode again and repeats what was done in it. */
  RecordedEpisode(History history, Function<SavableRandom, Episode> draw) {
    this(new SavableRandom(history.start()), draw);
    int[] next = {0};
    while (slots < history.slots()) {
      var unused =
          step(
              seen -> {
                float[][] action =
                    next[0] < history.taken().size() ? history.taken().get(next[0]) : null;
                if (action == null || action.length != seen.count()) {
                  throw new IllegalStateException("the recorded actions are another episode's");
                }
                next[0]++;
                return action;
              });
    }
  }

  /** Slots run so far. */
  int slots() {
    return slots;
  }

  History history() {
    return new History(start, slots, List.copyOf(taken));
  }

  List<Transition> step(Actions actions) {
    slots++;
    return episode.step(
        seen -> {
          float[][] action = actions.act(seen);
          taken.add(action);
          return action;
        });
  }
}
