package dev.paceline.models.lm;

import java.util.List;

/**
 * What a step chose.
 *
 * @param segments one entry per segment, in their order; empty picks for a piece of a prompt
 */
public record StepResult(List<Picks> segments) {
  /** The i-th segment's picks. */
  public Picks segment(int index) {
    return segments.get(index);
  }
}
