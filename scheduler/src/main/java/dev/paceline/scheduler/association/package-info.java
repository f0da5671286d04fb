/**
 * Which server serves which user: the baselines, the paper's Algorithm 1, a search that finds
 * better associations in less time, and bounds that say how much is left to gain.
 */
@NullMarked
package dev.paceline.scheduler.association;

import org.jspecify.annotations.NullMarked;
