package dev.paceline.target.fair;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Weighted virtual-time fair queue over sessions; the package page states the rules.
 *
 * <p>Promises, with {@code w} the weights: over any span in which sessions i and j both always want
 * more than they get, |service(i)/w(i) − service(j)/w(j)| stays below the sum of their largest
 * single charges divided by their weights (start-time fair queueing; Goyal, Vin, Cheng, SIGCOMM
 * 1996, theorem 1); a step leaves room unused only if no active session wants it; ties go to the
 * session served longest ago, then to the one added first, so that equal inputs give equal orders.
 *
 * <p>Picking costs O(log n) per session served. Not thread-safe: the engine thread owns it and
 * changes of weight reach it as commands.
 *
 * @param <K> a session; equality decides identity
 */
public final class FairQueue<K> {
  /** Weights outside [1/limit, limit] are refused, so that counters keep their precision. */
  public static final double WEIGHT_LIMIT = 1e6;

  private final Map<K, Entry<K>> entries = new HashMap<>();
  private final TreeSet<Entry<K>> active =
      new TreeSet<>(
          Comparator.<Entry<K>>comparingDouble(e -> e.counter)
              .thenComparingLong(e -> e.lastServed)
              .thenComparingLong(e -> e.id));

  /** Active sessions by their latest increment: its maximum is the grain of service. */
  private final TreeSet<Entry<K>> byIncrement =
      new TreeSet<>(
          Comparator.<Entry<K>>comparingDouble(e -> e.increment).thenComparingLong(e -> e.id));

  private double virtualTime;
  private long steps;
  private long nextId;

  /**
   * Adds a session, idle.
   *
   * @throws IllegalArgumentException if it is known already or the weight is out of range
   */
  public void add(K session, double weight) {
    checkWeight(weight);
    if (entries.putIfAbsent(session, new Entry<>(session, weight, nextId)) != null) {
      throw new IllegalArgumentException("session " + session + " was added twice");
    }
    nextId++;
  }

  /** Forgets a session; an unknown one is ignored. Allowed between pick and charge. */
  public void remove(K session) {
    Entry<K> entry = entries.remove(session);
    if (entry != null) {
      dequeue(entry);
    }
  }

  /**
   * Says that a session wants service from now on. Lifts its counter to the smallest active one; a
   * debt from earlier service stays. No effect on one that is active.
   */
  public void activate(K session) {
    Entry<K> entry = entry(session);
    if (!entry.queued) {
      entry.counter = Math.max(entry.counter, floor());
      enqueue(entry);
    }
  }

  /**
   * Says that a session wants nothing until it is activated again. A session that merely sits a few
   * steps out stays active and takes 0 rows.
   */
  public void deactivate(K session) {
    dequeue(entry(session));
  }

  /**
   * Changes a weight; holds from the next charge on. What the session owes in service is kept, and
   * what it is owed up to the grain of service.
   *
   * @throws IllegalArgumentException if the session is unknown or the weight out of range
   */
  public void setWeight(K session, double weight) {
    checkWeight(weight);
    Entry<K> entry = entry(session);
    if (entry.weight == weight) {
      return;
    }
    boolean queued = dequeue(entry);
    double scale = entry.weight / weight;
    // The first other session is the reference: a lone session owes nobody.
    double reference = floor();
    double lag = (entry.counter - reference) * scale;
    entry.counter = reference + Math.max(lag, -grain());
    entry.increment *= scale;
    entry.weight = weight;
    if (queued) {
      enqueue(entry);
    }
  }

  /**
   * Fills one step from the smallest counter upwards until the rows are used up, the number of
   * sessions is reached or nobody active wants more. Changes nothing: the charge does.
   *
   * @param rowBudget rows of the step, at least 1
   * @param maxSessions sessions of the step, at least 1
   * @param demand asked in the order of service
   */
  public StepPlan<K> pick(int rowBudget, int maxSessions, Demand<K> demand) {
    return pick(rowBudget, maxSessions, session -> true, demand);
  }

  /**
   * As {@link #pick(int, int, Demand)}, but sessions that yield come after all others. It is up to
   * the caller that nobody yields for ever; whoever was left out has the smaller counter for it.
   *
   * @param urgent whether a session does not yield; asked twice
   */
  public StepPlan<K> pick(int rowBudget, int maxSessions, Predicate<K> urgent, Demand<K> demand) {
    if (rowBudget < 1 || maxSessions < 1) {
      throw new IllegalArgumentException(
          "a step of " + rowBudget + " rows and " + maxSessions + " sessions serves nobody");
    }
    List<StepShare<K>> shares = new ArrayList<>(Math.min(maxSessions, active.size()));
    int remaining = rowBudget;
    double frontier = Double.POSITIVE_INFINITY;
    for (int pass = 0; pass < 2; pass++) {
      for (Entry<K> entry : active) {
        if (urgent.test(entry.session) != (pass == 0)) {
          continue;
        }
        if (remaining == 0 || shares.size() == maxSessions) {
          frontier = Math.min(frontier, entry.counter);
          break;
        }
        int rows = demand.rows(entry.session, remaining);
        if (rows < 0 || rows > remaining) {
          throw new IllegalArgumentException(
              "session " + entry.session + " asked for " + rows + " of " + remaining + " rows");
        }
        if (rows > 0) {
          shares.add(new StepShare<>(entry.session, rows));
          remaining -= rows;
          if (remaining == 0) {
            // Whoever takes the last row may have wanted more.
            frontier = Math.min(frontier, entry.counter);
          }
        }
      }
    }
    return new StepPlan<>(shares, frontier);
  }

  /**
   * Charges a finished step to those it served, in proportion to their rows.
   *
   * @param plan from {@link #pick}; sessions removed since are left out, their part is nobody's
   * @param cost of the whole step, in any unit that all steps share (seconds of device time), at
   *     least 0
   */
  public void charge(StepPlan<K> plan, double cost) {
    if (!(cost >= 0) || Double.isInfinite(cost)) {
      throw new IllegalArgumentException("cost " + cost + " of a step is not a finite number >= 0");
    }
    if (plan.isEmpty()) {
      return;
    }
    steps++;
    // With nobody left wanting, nobody is owed anything.
    double frontier = plan.frontier;
    if (Double.isInfinite(frontier)) {
      frontier = active.isEmpty() ? virtualTime : active.last().counter;
    }
    virtualTime = Math.max(virtualTime, frontier);
    double perRow = cost / plan.rows();
    List<Entry<K>> served = new ArrayList<>(plan.shares().size());
    for (StepShare<K> share : plan.shares()) {
      Entry<K> entry = entries.get(share.session());
      if (entry == null) {
        continue;
      }
      entry.reviving = dequeue(entry);
      entry.increment = perRow * share.rows() / entry.weight;
      entry.counter += entry.increment;
      entry.lastServed = steps;
      served.add(entry);
    }
    double grain = grain();
    for (Entry<K> entry : served) {
      grain = Math.max(grain, entry.increment);
    }
    for (Entry<K> entry : served) {
      entry.counter = Math.max(entry.counter, frontier - grain);
      if (entry.reviving) {
        enqueue(entry);
      }
    }
  }

  /**
   * Charges one session for something that was done for it outside of a step; an unknown one is
   * ignored.
   *
   * @param cost as in {@link #charge(StepPlan, double)}
   */
  public void charge(K session, double cost) {
    @Nullable Entry<K> entry = entries.get(session);
    if (entry != null) {
      boolean queued = dequeue(entry);
      entry.counter += cost / entry.weight;
      if (queued) {
        enqueue(entry);
      }
    }
  }

  /** A session's counter, in units of cost per weight: for diagnosis. */
  public double counter(K session) {
    return entry(session).counter;
  }

  public double weight(K session) {
    return entry(session).weight;
  }

  public boolean isActive(K session) {
    return entry(session).queued;
  }

  /** Visits the sessions that want service, in the order of service; must not call the queue. */
  public void forEachActive(Consumer<K> visitor) {
    active.forEach(entry -> visitor.accept(entry.session));
  }

  /** Sessions known, active or idle. */
  public int size() {
    return entries.size();
  }

  public int activeCount() {
    return active.size();
  }

  /** Where an arrival starts. */
  private double floor() {
    return active.isEmpty() ? virtualTime : active.first().counter;
  }

  /** The largest increment now in force: counters of fairly served sessions differ by that much. */
  private double grain() {
    return byIncrement.isEmpty() ? 0 : byIncrement.last().increment;
  }

  private void enqueue(Entry<K> entry) {
    entry.queued = true;
    active.add(entry);
    byIncrement.add(entry);
  }

  private boolean dequeue(Entry<K> entry) {
    if (!entry.queued) {
      return false;
    }
    entry.queued = false;
    active.remove(entry);
    byIncrement.remove(entry);
    return true;
  }

  private Entry<K> entry(K session) {
    @Nullable Entry<K> entry = entries.get(session);
    if (entry == null) {
      throw new IllegalArgumentException("session " + session + " is not in the queue");
    }
    return entry;
  }

  private static void checkWeight(double weight) {
    if (!(weight >= 1 / WEIGHT_LIMIT && weight <= WEIGHT_LIMIT)) {
      throw new IllegalArgumentException(
          "weight " + weight + " is not between " + 1 / WEIGHT_LIMIT + " and " + WEIGHT_LIMIT);
    }
  }

  /** Mutable; its sort keys change only while it is out of the ordered sets. */
  private static final class Entry<K> {
    final K session;
    final long id;
    double weight;
    double counter;
    double increment;
    long lastServed;
    boolean queued;
    boolean reviving;

    Entry(K session, double weight, long id) {
      this.session = session;
      this.weight = weight;
      this.id = id;
    }
  }
}
