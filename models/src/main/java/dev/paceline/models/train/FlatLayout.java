package dev.paceline.models.train;

import dev.paceline.models.gpt2.Gpt2Config;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each weight of a GPT-2 lies in one flat vector. The same weight of all layers is one {@link
 * Part}, [L, ...], so that the program splits the vector once and the optimizer treats the layers
 * together. Embeddings come first, then the matrices, then the vectors, which do not decay.
 */
final class FlatLayout {
  /** Kind of a part. */
  enum Kind {
    EMBEDDING,
    MATRIX,
    VECTOR
  }

  /**
   * A stretch of the vector.
   *
   * @param name identifier in the program
   * @param weight canonical name; {@code %d} stands for the layer
   * @param layers layers stacked, or 0 if the weight exists once
   * @param shape of one layer's weight, as in the checkpoint
   * @param start first element
   */
  record Part(String name, String weight, Kind kind, int layers, long[] shape, long start) {
    /** Elements of one layer. */
    long each() {
      long product = 1;
      for (long dimension : shape) {
        product *= dimension;
      }
      return product;
    }

    long size() {
      return each() * Math.max(1, layers);
    }

    /** The shape of the whole part. */
    long[] stacked() {
      if (layers == 0) {
        return shape.clone();
      }
      long[] all = new long[shape.length + 1];
      all[0] = layers;
      System.arraycopy(shape, 0, all, 1, shape.length);
      return all;
    }
  }

  private final Gpt2Config config;
  private final Map<String, Part> parts = new LinkedHashMap<>();
  private long size;

  FlatLayout(Gpt2Config config) {
    this.config = config;
    long d = config.width();
    long inner = config.innerWidth();
    once("wte", "wte.weight", Kind.EMBEDDING, config.vocabSize(), d);
    once("wpe", "wpe.weight", Kind.EMBEDDING, config.contextLength(), d);
    stack("attn_w", "attn.c_attn.weight", Kind.MATRIX, d, 3 * d);
    stack("proj_w", "attn.c_proj.weight", Kind.MATRIX, d, d);
    stack("fc_w", "mlp.c_fc.weight", Kind.MATRIX, d, inner);
    stack("out_w", "mlp.c_proj.weight", Kind.MATRIX, inner, d);
    stack("attn_b", "attn.c_attn.bias", Kind.VECTOR, 3 * d);
    stack("proj_b", "attn.c_proj.bias", Kind.VECTOR, d);
    stack("fc_b", "mlp.c_fc.bias", Kind.VECTOR, inner);
    stack("out_b", "mlp.c_proj.bias", Kind.VECTOR, d);
    stack("ln1_w", "ln_1.weight", Kind.VECTOR, d);
    stack("ln1_b", "ln_1.bias", Kind.VECTOR, d);
    stack("ln2_w", "ln_2.weight", Kind.VECTOR, d);
    stack("ln2_b", "ln_2.bias", Kind.VECTOR, d);
    once("lnf_w", "ln_f.weight", Kind.VECTOR, d);
    once("lnf_b", "ln_f.bias", Kind.VECTOR, d);
  }

  Gpt2Config config() {
    return config;
  }

  /** Elements of the vector. */
  long size() {
    return size;
  }

  Part part(String name) {
    Part part = parts.get(name);
    if (part == null) {
      throw new IllegalArgumentException(name);
    }
    return part;
  }

  List<Part> parts(Kind kind) {
    return parts.values().stream().filter(p -> p.kind() == kind).toList();
  }

  /** Elements of all parts of a kind, which lie together. */
  long size(Kind kind) {
    return parts(kind).stream().mapToLong(Part::size).sum();
  }

  /** Where a checkpoint's weight begins, by canonical name, in the order of the configuration. */
  Map<String, Long> offsets() {
    Map<String, Long> found = new LinkedHashMap<>();
    for (Part part : parts.values()) {
      for (int n = 0; n < Math.max(1, part.layers()); n++) {
        found.put(part.weight().formatted(n), part.start() + n * part.each());
      }
    }
    Map<String, Long> ordered = new LinkedHashMap<>();
    for (String name : new ArrayList<>(config.shapes().keySet())) {
      Long at = found.get(name);
      if (at == null) {
        throw new IllegalStateException("no place for " + name);
      }
      ordered.put(name, at);
    }
    return ordered;
  }

  private void once(String name, String weight, Kind kind, long... shape) {
    add(new Part(name, weight, kind, 0, shape, size));
  }

  private void stack(String name, String weight, Kind kind, long... shape) {
    add(new Part(name, "h.%d." + weight, kind, config.layers(), shape, size));
  }

  private void add(Part part) {
    parts.put(part.name(), part);
    size += part.size();
  }
}
