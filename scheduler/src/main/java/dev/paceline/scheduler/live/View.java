package dev.paceline.scheduler.live;

import dev.paceline.scheduler.mec.SlotProblem;
import dev.paceline.scheduler.mec.TaskKind;
import org.jspecify.annotations.Nullable;

/**
 * What a decision may depend on: the sessions in flight, one user each.
 *
 * @param problem remaining work as expected: D is the rest of drafting, q the rest of the upload
 *     over the channel last known, f the expected rest of the work
 * @param server where each session is served
 * @param uploading whether a session still drafts or uploads; it competes for the uplink then, for
 *     compute afterwards
 * @param ageMs time since the task arrived
 * @param kind application, null where it is not known
 */
public record View(
    SlotProblem problem,
    int[] server,
    boolean[] uploading,
    double[] ageMs,
    @Nullable TaskKind[] kind) {}
