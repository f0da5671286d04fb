package dev.paceline.scheduler.decisions;

import dev.paceline.common.UserError;
import dev.paceline.scheduler.allocation.ConvexShares;
import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.allocation.ShareRule;
import dev.paceline.scheduler.allocation.UniformShares;
import dev.paceline.scheduler.association.AssociationRule;
import dev.paceline.scheduler.association.Baselines;
import dev.paceline.scheduler.association.ExactAssociation;
import dev.paceline.scheduler.association.IteratedSearch;
import dev.paceline.scheduler.association.Tma;
import dev.paceline.scheduler.association.TmaPlus;
import dev.paceline.scheduler.masac.LearnedShares;
import dev.paceline.scheduler.masac.Variant;
import dev.paceline.scheduler.mec.Allocation;
import dev.paceline.scheduler.mec.Feasibility;
import dev.paceline.scheduler.mec.SlotProblem;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * A whole policy: who is served where, and with what shares. Every decision is checked.
 *
 * @param association chooses x
 * @param shares chooses y and z
 */
public record Policy(AssociationRule association, ShareRule shares) {
  /** Words of {@link #of}, before the plus. */
  public static final List<String> ASSOCIATIONS =
      List.of(
          "random",
          "max-sinr",
          "max-compute-top",
          "max-compute-load",
          "tma",
          "tma-plus",
          "iterated",
          "exact");

  /** Words of {@link #of}, after the plus. */
  public static final List<String> SHARES = List.of("uniform", "convex", "masac", "residual-masac");

  /** Rounds of the long search. */
  private static final int ITERATED_ROUNDS = 300;

  private static final Map<String, String> ALIASES =
      Map.of(
          "max-compute", "max-compute-top+uniform",
          "tma-uniform", "tma+uniform",
          "tma-convex", "tma+convex",
          "tma-masac", "tma+masac",
          "oracle", "exact+convex");

  /**
   * A policy by name, {@code ASSOCIATION+SHARES}, e.g. {@code tma-plus+convex}; without shares, the
   * association's usual ones. Also {@code max-compute}, {@code tma-uniform}, {@code tma-convex},
   * {@code tma-masac} and {@code oracle}.
   *
   * @throws UserError if a word is unknown
   */
  public static Policy of(String name) {
    String full = ALIASES.getOrDefault(name, name);
    int plus = full.indexOf('+');
    String first = plus < 0 ? full : full.substring(0, plus);
    String second = plus < 0 ? usualShares(first) : full.substring(plus + 1);
    return new Policy(association(first, second), shares(second));
  }

  /** The paper's baselines share equally; everything else shares optimally. */
  private static String usualShares(String association) {
    boolean searches =
        association.startsWith("tma")
            || association.equals("iterated")
            || association.equals("exact");
    return searches ? "convex" : "uniform";
  }

  /** A share rule by its word; the learned ones are those the project ships. */
  public static ShareRule shares(String word) {
    return switch (word) {
      case "uniform" -> new UniformShares();
      case "convex" -> new ConvexShares();
      case "masac" -> LearnedShares.shipped(Variant.PAPER);
      case "residual-masac" -> LearnedShares.shipped(Variant.RESIDUAL);
      default ->
          throw new UserError(
              "unknown shares '" + word + "'; there are " + String.join(", ", SHARES));
    };
  }

  /** An association rule by its word; TMA compares pairs under uniform shares if those are used. */
  public static AssociationRule association(String word, String shares) {
    for (Baselines baseline : Baselines.values()) {
      if (baseline.word().equals(word)) {
        return baseline;
      }
    }
    return switch (word) {
      case "tma" -> shares.equals("uniform") ? Tma.uniform() : Tma.convex();
      case "tma-plus" -> new TmaPlus();
      case "iterated" -> new IteratedSearch(ITERATED_ROUNDS);
      case "exact" -> new ExactAssociation();
      default ->
          throw new UserError(
              "unknown association '" + word + "'; there are " + String.join(", ", ASSOCIATIONS));
    };
  }

  /** The policy's name. */
  public String word() {
    return association.word() + "+" + shares.word();
  }

  /** Decides a slot. */
  public Allocation decide(SlotProblem problem, RandomGenerator random) {
    int[] server = association.associate(problem, random);
    return Feasibility.check(problem, Groups.allocate(problem, server, shares));
  }
}
