package dev.rwkv.vector.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * What a kernel is compiled for: a vector width and a format of weights.
 *
 * <p>A template reads its spec once into static final fields, which the just-in-time compiler takes
 * for constants. One class for all widths would share its type profile between them, and vectors
 * would then be objects on the heap.
 *
 * @param shape 128, 256 or 512 bits
 * @param format how the weights lie; irrelevant to kernels without weights
 */
record KernelSpec(VectorShape shape, PanelFormat format) {

  /** The species of floats. */
  VectorSpecies<Float> floats() {
    return switch (shape) {
      case S_128_BIT -> FloatVector.SPECIES_128;
      case S_256_BIT -> FloatVector.SPECIES_256;
      case S_512_BIT -> FloatVector.SPECIES_512;
      default -> throw new IllegalArgumentException("no kernels for vectors of " + shape);
    };
  }

  /** The species of ints, with as many lanes. */
  VectorSpecies<Integer> ints() {
    return switch (shape) {
      case S_128_BIT -> IntVector.SPECIES_128;
      case S_256_BIT -> IntVector.SPECIES_256;
      case S_512_BIT -> IntVector.SPECIES_512;
      default -> throw new IllegalArgumentException("no kernels for vectors of " + shape);
    };
  }

  /** Rows of a panel. */
  int panelRows() {
    return PanelFormat.VECTORS * floats().length();
  }

  /**
   * Whether there are 32 vector registers and not 16. They come with AVX-512 and on ARM, where a
   * fence, which narrow tiles rely on, is an instruction besides.
   */
  boolean hasManyRegisters() {
    return shape == VectorShape.S_512_BIT || System.getProperty("os.arch").equals("aarch64");
  }

  /** Rows of a band, what a tile multiplies at a time: see {@link TileKernel}. */
  int bandRows() {
    return hasManyRegisters() ? panelRows() : 2 * floats().length();
  }

  /** The spec that the class of this lookup was defined with. */
  static KernelSpec of(MethodHandles.Lookup template) {
    try {
      return Objects.requireNonNull(
          MethodHandles.classData(template, "_", KernelSpec.class),
          "a kernel template is used only through define");
    } catch (IllegalAccessException e) {
      throw new AssertionError("a class may read its own data", e);
    }
  }

  /** A kernel of its own class, made from a template with a constructor without arguments. */
  <K> K define(Class<K> kernel, Class<? extends K> template) {
    String file = template.getName().substring(template.getPackageName().length() + 1) + ".class";
    try (InputStream code = template.getResourceAsStream(file)) {
      byte[] bytes = Objects.requireNonNull(code, file).readAllBytes();
      Object made =
          MethodHandles.lookup()
              .defineHiddenClassWithClassData(bytes, this, true)
              .lookupClass()
              .getDeclaredConstructor()
              .newInstance();
      return kernel.cast(made);
    } catch (IOException
        | NoSuchMethodException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException e) {
      throw new IllegalStateException("the kernel " + file + " cannot be defined", e);
    }
  }
}
