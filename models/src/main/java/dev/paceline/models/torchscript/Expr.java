package dev.paceline.models.torchscript;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An expression of a TorchScript program. Made only by the functions here, so that a text from
 * outside (a name, a number) cannot become code.
 */
public final class Expr {
  /** Python's {@code None}. */
  public static final Expr NONE = new Expr("None");

  public static final Expr TRUE = new Expr("True");
  public static final Expr FALSE = new Expr("False");

  /** The smallest float, as a mask for attention scores. */
  public static final Expr MINUS_INFINITY = new Expr("float(\"-inf\")");

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,99}");
  private static final List<String> RESERVED =
      List.of(
          "and",
          "as",
          "assert",
          "break",
          "class",
          "continue",
          "def",
          "del",
          "elif",
          "else",
          "except",
          "finally",
          "for",
          "from",
          "global",
          "if",
          "import",
          "in",
          "inf",
          "is",
          "lambda",
          "nan",
          "nonlocal",
          "not",
          "or",
          "pass",
          "raise",
          "return",
          "self",
          "try",
          "while",
          "with",
          "yield",
          "torch",
          "ops",
          "annotate",
          "int",
          "float",
          "bool",
          "range",
          "None",
          "True",
          "False",
          "uninitialized",
          "training",
          "forward");

  private final String text;

  private Expr(String text) {
    this.text = text;
  }

  /** The program text. */
  String text() {
    return text;
  }

  /**
   * Checks an identifier.
   *
   * @throws IllegalArgumentException if it is not a plain identifier or is reserved
   */
  static String identifier(String name) {
    if (!NAME.matcher(name).matches() || RESERVED.contains(name)) {
      throw new IllegalArgumentException("'" + name + "' cannot be a name in a program");
    }
    return name;
  }

  /** A local variable or parameter. */
  public static Expr variable(String name) {
    return new Expr(identifier(name));
  }

  /** An attribute of the module. */
  public static Expr attribute(String name) {
    return new Expr("self." + identifier(name));
  }

  public static Expr of(long value) {
    return new Expr(Long.toString(value));
  }

  public static Expr of(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(value + " has no literal");
    }
    return new Expr(Double.toString(value));
  }

  /** A string of plain characters, such as the name of an algorithm. */
  public static Expr string(String value) {
    if (!value.matches("[a-z_]*")) {
      throw new IllegalArgumentException("'" + value + "' is not a plain string");
    }
    return new Expr('"' + value + '"');
  }

  /** A list of expressions, such as a shape. */
  public static Expr list(Expr... elements) {
    return new Expr(joined(elements, "[", "]"));
  }

  /** A list of whole numbers. */
  public static Expr list(long... elements) {
    return list(Arrays.stream(elements).mapToObj(Expr::of).toArray(Expr[]::new));
  }

  /** An empty list of a type, e.g. {@code Optional[Tensor]}. */
  public static Expr emptyList(String elementType) {
    return new Expr("annotate(List[" + type(elementType) + "], [])");
  }

  /** {@code torch.op(arguments)}. */
  public static Expr torch(String op, Expr... arguments) {
    return new Expr("torch." + op(op) + joined(arguments, "(", ")"));
  }

  /** {@code ops.namespace.op(arguments)}. */
  public static Expr op(String namespace, String op, Expr... arguments) {
    return new Expr("ops." + op(namespace) + "." + op(op) + joined(arguments, "(", ")"));
  }

  /** Calls another method of the module. */
  public static Expr method(String name, Expr... arguments) {
    return new Expr("(self)." + identifier(name) + joined(arguments, "(", ", )"));
  }

  /** A named argument. */
  public static Expr named(String name, Expr value) {
    return new Expr(op(name) + "=" + value.text);
  }

  /** The element of a Python list. */
  public Expr at(Expr index) {
    return torch("__getitem__", this, index);
  }

  /** The element of a Python list. */
  public Expr at(long index) {
    return at(of(index));
  }

  /** The first element of a tuple. */
  public Expr first() {
    return new Expr("(" + text + ")[0]");
  }

  /** A tensor of one element as an {@code int}. */
  public Expr asInt() {
    return new Expr("int(" + text + ")");
  }

  /** A tensor of one element as a {@code float}. */
  public Expr asFloat() {
    return new Expr("float(" + text + ")");
  }

  /** A tensor of one element as a {@code bool}. */
  public Expr asBool() {
    return new Expr("bool(" + text + ")");
  }

  /** Sum of whole numbers or tensors. */
  public Expr plus(Expr other) {
    return torch("add", this, other);
  }

  /** Product of whole numbers or tensors. */
  public Expr times(Expr other) {
    return torch("mul", this, other);
  }

  /** The elements of a tensor as a Python list of {@code int} or {@code float}. */
  public Expr toList(String elementType) {
    return new Expr("annotate(List[" + type(elementType) + "], (" + text + ").tolist())");
  }

  /** {@code tensor[from:to]} along a dimension. */
  public Expr slice(int dimension, Expr from, Expr to) {
    return torch("slice", this, of(dimension), from, to);
  }

  /** {@code tensor.to(type)}; free if it already has the type. */
  public Expr to(ElementType type) {
    return torch("to", this, type.code());
  }

  private static String op(String name) {
    if (!name.matches("[A-Za-z_0-9]{1,60}")) {
      throw new IllegalArgumentException("'" + name + "' is not an operator");
    }
    return name;
  }

  static String type(String name) {
    if (!name.matches("[A-Za-z_0-9.\\[\\], ]{1,120}")) {
      throw new IllegalArgumentException("'" + name + "' is not a type");
    }
    return name;
  }

  private static String joined(Expr[] arguments, String open, String close) {
    return Arrays.stream(arguments).map(Expr::text).collect(Collectors.joining(", ", open, close));
  }

  @Override
  public String toString() {
    return text;
  }
}
