/**
 * The mobile-edge system over time: tasks arrive, are drafted, uploaded and verified; whatever a
 * slot leaves undone is carried over. Here the future matters, as it does not in one slot's P1.
 *
 * <p>A decision maker sees what a real one would: the channel of the slot before, and the expected
 * rest of a task whose length is not known.
 */
@NullMarked
package dev.paceline.scheduler.live;

import org.jspecify.annotations.NullMarked;
