package dev.paceline.target.admin;

import java.util.concurrent.CompletableFuture;

/** Sets the share that a session gets of the device when sessions compete. */
@FunctionalInterface
public interface Weights {
  /**
   * Sets the weight of all present sessions of that name.
   *
   * @param sessionId as {@code /debug/sessions} shows it, or as the client chose it
   * @param weight relative to the others', 1 unless set
   * @return how many sessions were found
   * @throws dev.paceline.common.UserError if the weight is out of range
   */
  CompletableFuture<Integer> set(String sessionId, double weight);
}
