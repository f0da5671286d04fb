package dev.paceline.scheduler.masac;

import java.util.List;

/** A source of experience. */
interface Episode {
  /** Runs one slot under an exploring policy. */
  List<Transition> step(Explorer explorer);
}
