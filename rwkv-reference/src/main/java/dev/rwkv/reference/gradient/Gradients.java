package dev.rwkv.reference.gradient;

import dev.rwkv.error.InvalidArgumentException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A loss and its derivatives by everything that can be trained. Immutable, safe for any thread. */
public final class Gradients {
  private final double loss;
  private final Map<String, double[]> gradients;

  Gradients(double loss, Map<String, Variable> parameters) {
    this.loss = loss;
    this.gradients = new LinkedHashMap<>();
    parameters.forEach((name, variable) -> gradients.put(name, variable.adjoint()));
  }

  /**
   * Of {@link GradientOracle}: the mean cross entropy, in nats per token, without what L2Wrap adds.
   * Of {@link WkvGradients}: Σ gy·wkv.
   */
  public double loss() {
    return loss;
  }

  /** What there is a gradient of, in the order of the checkpoint. */
  public Set<String> names() {
    return Collections.unmodifiableSet(gradients.keySet());
  }

  /**
   * The derivative of the loss by each element of a tensor, row-major as the tensor is stored, in a
   * new array.
   *
   * @throws InvalidArgumentException if there is no such name
   */
  public double[] gradient(String name) {
    double[] gradient = gradients.get(name);
    if (gradient == null) {
      throw new InvalidArgumentException(
          "name", "there is no gradient of '" + name + "': names() lists all");
    }
    return gradient.clone();
  }
}
