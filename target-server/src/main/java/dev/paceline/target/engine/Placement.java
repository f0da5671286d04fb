package dev.paceline.target.engine;

import dev.paceline.common.sampling.Race;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers which engine was given texts that begin in which way, so that a text that begins alike
 * finds its keys and values there. Beginnings of 4, 8, 16 … tokens are kept as hashes, the least
 * recently used forgotten first; a collision costs a cache hit and nothing else. Thread-safe.
 */
final class Placement {
  private static final int SHORTEST = 4;
  private static final int MOST = 1 << 14;

  private final Map<Long, Integer> engines =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Integer> eldest) {
          return size() > MOST;
        }
      };

  /** The engine that was given the text with the longest common beginning; −1 if none was. */
  synchronized int find(int[] tokens) {
    int found = -1;
    long hash = 0;
    for (int i = 0; i < tokens.length; i++) {
      hash = extend(hash, tokens[i]);
      if (kept(i + 1)) {
        Integer engine = engines.get(hash);
        if (engine == null) {
          return found;
        }
        found = engine;
      }
    }
    return found;
  }

  /** A text goes to an engine. */
  synchronized void remember(int[] tokens, int engine) {
    long hash = 0;
    for (int i = 0; i < tokens.length; i++) {
      hash = extend(hash, tokens[i]);
      if (kept(i + 1)) {
        engines.put(hash, engine);
      }
    }
  }

  private static long extend(long hash, int token) {
    return Race.mix(31 * hash + token + 1);
  }

  private static boolean kept(int length) {
    return length >= SHORTEST && (length & (length - 1)) == 0;
  }
}
