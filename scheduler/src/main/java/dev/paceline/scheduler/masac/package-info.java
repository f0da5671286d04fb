/**
 * Multi-agent soft actor-critic over uplink and compute shares.
 *
 * <p>Agents are the servers; all share one policy and one pair of critics. A server's users are a
 * set: every network is a set network ({@link dev.paceline.scheduler.masac.SetModel}), equivariant
 * under permutation and of any size, so one policy serves any number of users and servers.
 *
 * <p>Two variants. {@link dev.paceline.scheduler.masac.Variant#PAPER} follows the paper: shares by
 * a softmax over scores, reward −I / I_base (the paper's sign would maximise the cost). {@link
 * dev.paceline.scheduler.masac.Variant#RESIDUAL} is ours: bounded corrections of a good rule,
 * trained where the future matters. In a single slot the rule is the convex allocation, which is
 * optimal there; over time it is shortest expected rest first ({@link
 * dev.paceline.scheduler.live.LiveRules#SHORTEST_SOFT}). Wherever the critics, or in a single slot
 * the objective itself, expect no gain, the rule's own shares are used.
 */
@NullMarked
package dev.paceline.scheduler.masac;

import org.jspecify.annotations.NullMarked;
