package dev.paceline.benchmarks.serve;

/**
 * One verdict at a client.
 *
 * @param at when, in nanoseconds
 * @param gapNanos since the verdict before it; since the request if it is the first
 * @param first whether it is the generation's first
 * @param tokens that it brought
 * @param accepted of them drafts
 * @param start position of the first row that the step computed for this session
 * @param rows that the step computed for this session
 * @param picks of them that chose a token
 * @param stepNanos duration of the step; equal for all sessions that shared it
 */
record Arrival(
    long at,
    long gapNanos,
    boolean first,
    int tokens,
    int accepted,
    int start,
    int rows,
    int picks,
    long stepNanos) {}
