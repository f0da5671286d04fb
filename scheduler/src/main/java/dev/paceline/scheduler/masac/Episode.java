package dev.paceline.scheduler.masac;

import java.util.List;

/** A source of experience. */
interface Episode {
  /** Runs one slot. */
  List<Transition> step(Actions actions);
}
