package dev.paceline.scheduler.association;

/**
 * Positive weights of every pair of user and server; a server's shares are proportional to its
 * members' weights.
 *
 * @param uplink weight of y, row by user
 * @param compute weight of z, row by user
 */
public record PairScores(double[] uplink, double[] compute) {}
