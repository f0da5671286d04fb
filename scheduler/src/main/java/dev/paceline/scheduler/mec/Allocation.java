package dev.paceline.scheduler.mec;

/**
 * A decision, one element per user.
 *
 * @param server the server x that serves the user
 * @param uplinkShare y, part of that server's uplink band
 * @param computeShare z, part of that server's compute
 */
public record Allocation(int[] server, double[] uplinkShare, double[] computeShare) {}
