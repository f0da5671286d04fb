package dev.paceline.models.compile;

import dev.paceline.models.torchscript.Expr;
import dev.paceline.models.torchscript.Method;
import dev.paceline.models.torchscript.ScriptModule;

/** {@link DynamicLinear} whose head has the rows of a shortlist only. */
final class ShortlistLinear extends DynamicLinear {
  private final Shortlist shortlist;

  ShortlistLinear(ProgramSpec spec, ScriptModule module, Shortlist shortlist) {
    super(spec, module);
    this.shortlist = shortlist;
    module.tensor("shortlist");
  }

  /** Also sets the attribute {@code shortlist}, the id of each row. */
  @Override
  void packHead(Method prepare, String name) {
    if (!shortlist.shortens(spec.config())) {
      super.packHead(prepare, name);
      return;
    }
    int eos = spec.config().eosToken();
    Expr first = Expr.torch("arange", Expr.of(shortlist.ids()));
    Expr ids =
        eos < shortlist.ids()
            ? first
            : Expr.torch(
                "cat",
                Expr.list(first, Expr.torch("arange", Expr.of(eos), Expr.of(eos + 1L))),
                Expr.of(0));
    prepare.set("shortlist", ids);
    Expr rows = Expr.attribute("shortlist");
    pack(
        prepare,
        prepare.let("head_rows", Expr.torch("index_select", weight(name), Expr.of(0), rows)),
        prepare.let("head_scales", Expr.torch("index_select", scale(name), Expr.of(0), rows)),
        Expr.NONE);
  }
}
