package dev.paceline.target.slots;

/**
 * A moment's view of a slot table. Counts are since its creation.
 *
 * @param slots all slots
 * @param live slots that sessions hold
 * @param warm free slots that remember something
 * @param acquisitions slots handed out
 * @param hits of these, those with at least one cached position
 * @param queriedTokens tokens of all acquisitions
 * @param cachedTokens of these, those that needed no computing
 * @param evictions remembered contents given up for a session that shared too little with them
 * @param livePositions positions that live slots hold valid
 * @param positions positions of all slots
 */
public record SlotStatistics(
    int slots,
    int live,
    int warm,
    long acquisitions,
    long hits,
    long queriedTokens,
    long cachedTokens,
    long evictions,
    long livePositions,
    long positions) {

  /** Share of the slots that sessions hold, 0 to 1. At 1 the next session has to wait. */
  public double usage() {
    return (double) live / slots;
  }

  /** Share of all acquired tokens that came from a slot's memory, 0 to 1. */
  public double hitRate() {
    return queriedTokens == 0 ? 0 : (double) cachedTokens / queriedTokens;
  }
}
