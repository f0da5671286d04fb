/**
 * The mobile-edge system of the paper (Koh and Yang, section III): phones, servers, tasks, slots,
 * queues, batteries, mobility and the radio between them.
 *
 * <p>Units, unless a name says otherwise: time in milliseconds, energy in millijoules, work in
 * GFLOP, speed in GFLOP per millisecond, distance in metres. In these units the paper's λ = 1e-2
 * and w = 20–100 have a visible effect; in seconds and joules both would be inert.
 *
 * <p>Where the paper's letter cannot be computed as written, the class that computes the term says
 * what it does instead; {@link dev.paceline.scheduler.mec.LiteralReading} keeps the letter for
 * audit. The symbols of the paper: M users, E servers, x association, y uplink share, z compute
 * share, d uplink bits, f work, F speed, W bandwidth, k queued slots of length κ, w energy weight,
 * B battery level, λ weight of the synchronisation penalty.
 */
@NullMarked
package dev.paceline.scheduler.mec;

import org.jspecify.annotations.NullMarked;
