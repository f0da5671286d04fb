package dev.paceline.models.compile;

import static dev.paceline.models.torchscript.Expr.torch;

import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;

/**
 * Attention of a ragged step: a loop over blocks of rows, each against its own slot's keys and
 * values, which are never copied.
 *
 * <p><b>Exact form.</b> PyTorch's CPU kernel rounds differently for another number of rows, another
 * number of keys or another thread's buffer. So rows are put into blocks of {@value
 * StepLayout#BLOCK} at their absolute position: a row at position p is always row p mod 4 of a
 * block of 4, which covers the keys up to the next multiple of {@value StepLayout#KEYS} after the
 * block, masked. Its arithmetic is then a function of p alone, and the result is bitwise the same
 * whether positions are computed one by one or together. GPT-2 124M, two threads, ms per layer for
 * 1 / 8 / 64 rows after 896 positions: 0.22 / 0.42 / 3.5 (after 96: 0.07 / 0.12 / 0.9). Blocks of 8
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
  private final Expr fields;
  private Expr masks = Expr.NONE;
  private Expr gather = Expr.NONE;
  private Expr scatter = Expr.NONE;

  /**
   * @param table the step's numbers as a list
   * @param blocks number of blocks
   * @param fields where their fields begin in the table
   */
  AttentionProgram(ProgramSpec spec, Expr table, Expr blocks, Expr fields) {
    this.spec = spec;
    this.config = spec.config();
    this.table = table;
    this.blocks = blocks;
    this.fields = fields;
  }

  /** Builds the masks, which all layers share. */
  void begin(Method m, Expr gather, Expr scatter, Expr device) {
    this.gather = gather;
    this.scatter = scatter;
    masks = m.let("masks", Expr.emptyList(spec.exact() ? "Tensor" : "Optional[Tensor]"));
    m.loop(
        "b",
        blocks,
        b -> {
          Expr position = m.let("position", field(b, 1));
          Expr keys = m.let("key_count", field(b, 2));
          if (spec.exact()) {
            m.append(masks, mask(position, keys, Expr.of(StepLayout.BLOCK), device));
            return;
          }
          Expr rows = m.let("row_count", field(b, 4));
          m.either(
              torch("eq", rows, Expr.of(1)),
              () -> m.append(masks, Expr.NONE),
              () -> m.append(masks, mask(position, keys, rows, device)));
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
        "b",
        blocks,
        b -> {
          Expr keys = m.let("key_count", field(b, 2));
          Expr shape = Expr.list(Expr.of(1), Expr.of(heads), keys, Expr.of(head));
          Expr strides = Expr.list(Expr.of(0), perHead, Expr.of(head), Expr.of(1));
          Expr offset = m.let("offset", field(b, 0));
          Expr k = torch("as_strided", cache, shape, strides, offset);
          Expr after = offset.plus(perHead.times(Expr.of(heads)));
          Expr v = torch("as_strided", cache, shape, strides, after);
          Expr out = attend(rowsOf(queries, b), k, v, masks.at(b), layer);
          Expr turned = torch("transpose", out, Expr.of(1), Expr.of(2));
          m.append(parts, torch("reshape", turned, Expr.list(Expr.of(-1), Expr.of(d))));
        });
    if (!spec.exact()) {
      m.either(
          torch("eq", blocks, Expr.of(1)),
          () -> m.let("attended", parts.at(0)),
          () -> m.let("attended", torch("cat", parts, Expr.of(0))));
      return Expr.variable("attended");
    }
    return m.let(
        "attended", torch("index_select", torch("cat", parts, Expr.of(0)), Expr.of(0), scatter));
  }

  private Expr rowsOf(Expr queries, Expr b) {
    if (spec.exact()) {
      return queries.slice(0, b, b.plus(Expr.of(1)));
    }
    Expr first = field(b, 3);
    return queries.slice(2, first, first.plus(field(b, 4)));
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

  /** Zero where a row may see a key, minus infinity elsewhere: [rows, keys]. */
  private Expr mask(Expr position, Expr keys, Expr rows, Expr device) {
    ElementType type = spec.cache();
    Expr on = Expr.named("device", device);
    Expr last = torch("unsqueeze", torch("arange", rows, on).plus(position), Expr.of(1));
    Expr later = torch("gt", torch("unsqueeze", torch("arange", keys, on), Expr.of(0)), last);
    Expr zeros = torch("zeros", Expr.list(rows, keys), Expr.named("dtype", type.code()), on);
    return torch("masked_fill", zeros, later, Expr.MINUS_INFINITY);
  }

  private Expr field(Expr block, int field) {
    Expr base = fields.plus(block.times(Expr.of(StepLayout.BLOCK_FIELDS)));
    return table.at(base.plus(Expr.of(field)));
  }
}
