/**
 * Uplink and compute shares of a server's users, given who they are: the continuous half of P1.
 *
 * <p>Given the association, P1 separates into one uplink and one compute problem per server, both
 * convex; {@link dev.paceline.scheduler.allocation.ConvexShares} solves them exactly.
 */
@NullMarked
package dev.paceline.scheduler.allocation;

import org.jspecify.annotations.NullMarked;
