package dev.paceline.models.compile;

import static dev.paceline.models.torchscript.Expr.torch;

import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;

/**
 * Attention of a ragged step: a loop over groups of blocks of rows, each block against its own
 * slot's keys and values, which are never copied.
 *
 * <p><b>Exact form.</b> PyTorch's CPU kernel rounds differently for another number of rows, another
 * number of keys or another thread's buffer. So rows are put into blocks of {@value
 * StepLayout#BLOCK} at their absolute position: a row at position p is always row p mod 4 of a
 * block of 4, which covers the keys up to the next multiple of {@value StepLayout#KEYS} after the
 * block, masked. Its arithmetic is then a function of p alone, and the result is bitwise the same
 * whether positions are computed one by one or together. Blocks with as many keys in evenly spaced
 * slots share a call, which computes each by itself. GPT-2 124M, two threads, ms per layer for 1 /
 * 8 / 64 rows after 896 positions: 0.22 / 0.42 / 3.5 (after 96: 0.07 / 0.12 / 0.9). Blocks of 8
 * take 0.31 / 0.31 / 2.3; PyTorch's plain call, which does not repeat, 0.12 / 0.29 / 2.5; one call
 * per row, which does, 0.10 / 0.74 / 6.2.
 *
 * <p><b>Plain form</b>, for a draft: a block is a segment, of any number of rows.
 */
final class AttentionProgram {
  private final ProgramSpec spec;
  private final Gpt2Config config;
  private final Expr blocks;
  private final Expr table;
  private final Expr groups;
  private final Expr fields;
  private Expr masks = Expr.NONE;
  private Expr gather = Expr.NONE;
  private Expr scatter = Expr.NONE;

  /**
   * @param table the step's numbers as a list
   * @param blocks number of blocks
   * @param groups number of groups
   * @param fields where the groups' fields begin in the table
   */
  AttentionProgram(ProgramSpec spec, Expr table, Expr blocks, Expr groups, Expr fields) {
    this.spec = spec;
    this.config = spec.config();
    this.table = table;
    this.blocks = blocks;
    this.groups = groups;
    this.fields = fields;
  }

  /**
   * Builds the masks, which all layers share.
   *
   * @param starts position of each block's row 0
   */
  void begin(Method m, Expr starts, Expr gather, Expr scatter, Expr device) {
    this.gather = gather;
    this.scatter = scatter;
    masks = m.let("masks", Expr.emptyList(spec.exact() ? "Tensor" : "Optional[Tensor]"));
    m.loop(
        "g",
        groups,
        g -> {
          Expr keys = m.let("key_count", field(g, 1));
          Expr first = m.let("first", field(g, 2));
          Expr count = m.let("count", field(g, 3));
          if (spec.exact()) {
            Expr own = starts.slice(0, first, first.plus(count));
            Expr rows = Expr.of(StepLayout.BLOCK);
            m.append(masks, torch("unsqueeze", mask(own, keys, rows, device), Expr.of(1)));
            return;
          }
          Expr own = starts.slice(0, g, g.plus(Expr.of(1)));
          m.either(
              torch("eq", count, Expr.of(1)),
              () -> m.append(masks, Expr.NONE),
              () -> m.append(masks, torch("squeeze", mask(own, keys, count, device), Expr.of(0))));
        });
  }

  /**
   * One layer's attention.
   *
   * @param qkv [R, 3D] in the cache's type
   * @param cache this layer's keys and values, [slots * 2H * capacity, D/H]
   * @return [R, D]
   */
  Expr layer(Method m, int layer, Expr qkv, Expr cache, Expr capacity) {
    int d = config.width();
    int heads = config.heads();
    int head = config.headWidth();
    Expr q = qkv.slice(1, Expr.of(0), Expr.of(d));
    if (spec.exact()) {
      Expr shape = Expr.list(blocks, Expr.of(StepLayout.BLOCK), Expr.of(heads), Expr.of(head));
      Expr rows = torch("view", torch("index_select", q, Expr.of(0), gather), shape);
      m.let("q", torch("transpose", rows, Expr.of(1), Expr.of(2)));
    } else {
      Expr shape = Expr.list(Expr.of(1), Expr.of(-1), Expr.of(heads), Expr.of(head));
      Expr rows = torch("view", torch("contiguous", q), shape);
      m.let("q", torch("transpose", rows, Expr.of(1), Expr.of(2)));
    }
    Expr queries = Expr.variable("q");
    Expr parts = m.let("parts", Expr.emptyList("Tensor"));
    Expr perHead = m.let("per_head", capacity.times(Expr.of(head)));
    m.loop(
        "g",
        groups,
        g -> {
          Expr keys = m.let("key_count", field(g, 1));
          Expr first = m.let("first", field(g, 2));
          Expr count = m.let("count", field(g, 3));
          Expr several = spec.exact() ? count : Expr.of(1);
          Expr shape = Expr.list(several, Expr.of(heads), keys, Expr.of(head));
          Expr strides = Expr.list(field(g, 4), perHead, Expr.of(head), Expr.of(1));
          Expr offset = m.let("offset", field(g, 0));
          Expr k = torch("as_strided", cache, shape, strides, offset);
          Expr after = offset.plus(perHead.times(Expr.of(heads)));
          Expr v = torch("as_strided", cache, shape, strides, after);
          Expr out = attend(rowsOf(queries, first, count), k, v, masks.at(g), layer);
          Expr turned = torch("transpose", out, Expr.of(1), Expr.of(2));
          m.append(parts, torch("reshape", turned, Expr.list(Expr.of(-1), Expr.of(d))));
        });
    m.either(
        torch("eq", groups, Expr.of(1)),
        () -> m.let("attended", parts.at(0)),
        () -> m.let("attended", torch("cat", parts, Expr.of(0))));
    Expr attended = Expr.variable("attended");
    return spec.exact()
        ? m.let("attended", torch("index_select", attended, Expr.of(0), scatter))
        : attended;
  }

  private Expr rowsOf(Expr queries, Expr first, Expr count) {
    return queries.slice(spec.exact() ? 0 : 2, first, first.plus(count));
  }

  private Expr attend(Expr q, Expr k, Expr v, Expr mask, int layer) {
    double scale = config.scaleAttention() ? 1 / Math.sqrt(config.headWidth()) : 1;
    if (config.scaleByInverseLayer()) {
      scale /= layer + 1;
    }
    Expr noDropout = Expr.of(0.0);
    Expr scaled = Expr.named("scale", Expr.of(scale));
    return torch("scaled_dot_product_attention", q, k, v, mask, noDropout, Expr.FALSE, scaled);
  }

  /**
   * Zero where a row may see a key, minus infinity elsewhere: [n, rows, keys].
   *
   * @param starts position of row 0 of each of n blocks
   */
  private Expr mask(Expr starts, Expr keys, Expr rows, Expr device) {
    ElementType type = spec.cache();
    Expr on = Expr.named("device", device);
    Expr positions = torch("unsqueeze", starts, Expr.of(1)).plus(torch("arange", rows, on));
    Expr last = torch("unsqueeze", positions, Expr.of(2));
    Expr later = torch("gt", torch("arange", keys, on), last);
    Expr shape = Expr.list(torch("size", starts, Expr.of(0)), rows, keys);
    Expr zeros = torch("zeros", shape, Expr.named("dtype", type.code()), on);
    return torch("masked_fill", zeros, later, Expr.MINUS_INFINITY);
  }

  private Expr field(Expr group, int field) {
    Expr base = fields.plus(group.times(Expr.of(StepLayout.GROUP_FIELDS)));
    return table.at(base.plus(Expr.of(field)));
  }
}
