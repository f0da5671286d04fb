package dev.paceline.models.torchscript;

import java.util.function.Consumer;

/**
 * The text of one method, statement by statement. Every parameter is a tensor unless declared
 * otherwise; the result type is given at the start because TorchScript's serialized form requires
 * it.
 */
public final class Method {
  private final String name;
  private final String resultType;
  private final StringBuilder parameters = new StringBuilder();
  private final StringBuilder body = new StringBuilder();
  private String indent = "    ";
  private int discarded;

  Method(String name, String resultType) {
    this.name = name.equals("forward") ? name : Expr.identifier(name);
    this.resultType = Expr.type(resultType);
  }

  /** Declares the next parameter. */
  public Expr parameter(String name, String type) {
    Expr variable = Expr.variable(name);
    parameters.append(",\n    ").append(name).append(": ").append(Expr.type(type));
    return variable;
  }

  /** Declares the next parameter, a tensor. */
  public Expr parameter(String name) {
    return parameter(name, "Tensor");
  }

  /** Assigns to a variable, new or not, and returns it. */
  public Expr let(String name, Expr value) {
    Expr variable = Expr.variable(name);
    line(name + " = " + value.text());
    return variable;
  }

  /** Assigns to an attribute of the module, which frees what it held. */
  public void set(String attribute, Expr value) {
    line(Expr.attribute(attribute).text() + " = " + value.text());
  }

  /** Runs an expression for its effect. */
  public void run(Expr effect) {
    line("_" + discarded++ + " = " + effect.text());
  }

  /** Appends to a list. */
  public void append(Expr list, Expr element) {
    run(Expr.torch("append", list, element));
  }

  /** {@code for variable in range(count)}. */
  public void loop(String variable, Expr count, Consumer<Expr> statements) {
    Expr index = Expr.variable(variable);
    line("for " + variable + " in range(" + count.text() + "):");
    nested(() -> statements.accept(index));
  }

  /** {@code if condition: ... else: ...}; both branches must assign the variables used later. */
  public void either(Expr condition, Runnable then, Runnable otherwise) {
    line("if " + condition.text() + ":");
    nested(then);
    line("else:");
    nested(otherwise);
  }

  /** Ends the method. */
  public void result(Expr value) {
    line("return " + value.text());
  }

  String source(String moduleType) {
    return "  def "
        + name
        + "(self: "
        + moduleType
        + parameters
        + ") -> "
        + resultType
        + ":\n"
        + body;
  }

  private void nested(Runnable statements) {
    String outer = indent;
    indent = outer + "  ";
    int before = body.length();
    statements.run();
    if (body.length() == before) {
      line("pass");
    }
    indent = outer;
  }

  private void line(String statement) {
    body.append(indent).append(statement).append('\n');
  }
}
