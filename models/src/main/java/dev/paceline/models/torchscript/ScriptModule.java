package dev.paceline.models.torchscript;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A TorchScript module under construction: typed attributes with their values, and methods. */
public final class ScriptModule {
  static final String TYPE = "__torch__.Program";

  sealed interface Attribute permits TensorAttribute, ListAttribute {
    String type();
  }

  /**
   * @param shape dimensions, outermost first
   */
  record TensorAttribute(ElementType elements, long[] shape, TensorData data) implements Attribute {
    @Override
    public String type() {
      return "Tensor";
    }

    long count() {
      long count = 1;
      for (long dimension : shape) {
        count = Math.multiplyExact(count, dimension);
      }
      return count;
    }
  }

  /** A list, empty when the module is loaded. */
  record ListAttribute(String elementType) implements Attribute {
    @Override
    public String type() {
      return "List[" + elementType + "]";
    }
  }

  private final Map<String, Attribute> attributes = new LinkedHashMap<>();
  private final List<Method> methods = new ArrayList<>();

  /**
   * Adds a tensor.
   *
   * @param name plain identifier
   * @param shape dimensions, outermost first
   */
  public Expr tensor(String name, ElementType elements, TensorData data, long... shape) {
    return add(name, new TensorAttribute(elements, shape.clone(), data));
  }

  /** Adds a tensor without elements, for a value that a method sets. */
  public Expr tensor(String name) {
    return tensor(name, ElementType.FLOAT, channel -> {}, 0);
  }

  /** Adds an empty list. */
  public Expr list(String name, String elementType) {
    return add(name, new ListAttribute(Expr.type(elementType)));
  }

  /** Starts a method; {@code forward} is the one that runs by default. */
  public Method method(String name, String resultType) {
    Method method = new Method(name, resultType);
    methods.add(method);
    return method;
  }

  Map<String, Attribute> attributes() {
    return attributes;
  }

  /** The whole source. */
  public String source() {
    StringBuilder source =
        new StringBuilder("class Program(Module):\n  __parameters__ = []\n  __buffers__ = []\n")
            .append("  training : bool\n  _is_full_backward_hook : Optional[bool]\n");
    attributes.forEach(
        (name, value) ->
            source.append("  ").append(name).append(" : ").append(value.type()).append('\n'));
    methods.forEach(method -> source.append(method.source(TYPE)));
    return source.toString();
  }

  private Expr add(String name, Attribute value) {
    Expr attribute = Expr.attribute(name);
    if (attributes.putIfAbsent(name, value) != null) {
      throw new IllegalArgumentException("two attributes are called '" + name + "'");
    }
    return attribute;
  }
}
