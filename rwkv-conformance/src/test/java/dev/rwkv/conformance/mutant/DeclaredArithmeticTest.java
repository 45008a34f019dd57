package dev.rwkv.conformance.mutant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rwkv.conformance.process.RequirementRunner;
import dev.rwkv.conformance.report.RequirementResult;
import dev.rwkv.conformance.report.Verdict;
import dev.rwkv.conformance.requirement.Requirement;
import dev.rwkv.conformance.requirement.Requirements;
import dev.rwkv.conformance.requirement.Tier;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.spi.Arithmetic;
import dev.rwkv.spi.Capability;
import dev.rwkv.tensor.DType;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A backend is held to the arithmetic that it declares: to no less, and to no more. */
class DeclaredArithmeticTest {
  private static final List<String> ELSEWHERE = List.of("process", "resources");

  /** Arithmetic, and the next better one, which is not enough. */
  enum Kind {
    FAST_EXPONENTIAL(new Arithmetic(DType.F32, 12), Arithmetic.F32) {
      @Override
      Subject declaring(Arithmetic arithmetic) {
        return Subject.of(new FastExponential(arithmetic));
      }
    },
    F16(new Arithmetic(DType.F16, 2), Arithmetic.F32) {
      @Override
      Subject declaring(Arithmetic arithmetic) {
        return Subject.of(new Rounding(DType.F16, arithmetic));
      }
    },
    BF16(new Arithmetic(DType.BF16, 2), new Arithmetic(DType.F16, 2)) {
      @Override
      Subject declaring(Arithmetic arithmetic) {
        return Subject.of(new Rounding(DType.BF16, arithmetic));
      }
    };

    final Arithmetic actual;
    final Arithmetic better;

    Kind(Arithmetic actual, Arithmetic better) {
      this.actual = actual;
      this.better = better;
    }

    abstract Subject declaring(Arithmetic arithmetic);
  }

  private static List<RequirementResult> results(Subject subject) {
    RequirementRunner runner =
        new RequirementRunner(subject, Tier.QUICK, new Random().nextLong() >>> 12);
    return Requirements.all().stream()
        .filter(requirement -> !ELSEWHERE.contains(requirement.area()))
        .map((Requirement requirement) -> runner.run(requirement))
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsDeclaredTrulyPasses(Kind kind) {
    assertThat(results(kind.declaring(kind.actual)))
        .allSatisfy(result ->
            assertThat(result.verdict())
                .as("%s: %s", result.id(), result.failures())
                .isIn(Verdict.PASS, Verdict.NOT_APPLICABLE));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsDeclaredTooWellFails(Kind kind) {
    assertThat(results(kind.declaring(kind.better)))
        .extracting(RequirementResult::verdict)
        .contains(Verdict.FAIL);
  }

  private static class Declaring extends HonestBackend {
    private final Arithmetic arithmetic;

    Declaring(Arithmetic arithmetic) {
      this.arithmetic = arithmetic;
    }

    @Override
    public Arithmetic arithmetic() {
      return arithmetic;
    }

    @Override
    public Set<Capability> capabilities() {
      Set<Capability> capabilities = EnumSet.copyOf(super.capabilities());
      if (arithmetic.activations() != DType.F32) {
        capabilities.add(Capability.REDUCED_ACTIVATIONS);
      }
      return capabilities;
    }
  }

  private static final class FastExponential extends Declaring {
    FastExponential(Arithmetic arithmetic) {
      super(arithmetic);
    }

    @Override
    protected float exp(float x) {
      float exact = super.exp(x);
      return exact < Float.MIN_NORMAL || exact > 1e38f ? exact : exact + 11 * Math.ulp(exact);
    }
  }

  /** Rounds whatever one equation hands to the next; the sums of WKV stay as they are. */
  private static final class Rounding extends Declaring {
    private final DType type;

    Rounding(DType type, Arithmetic arithmetic) {
      super(arithmetic);
      this.type = type;
    }

    private float[] rounded(float[] x) {
      for (int i = 0; i < x.length; i++) {
        x[i] = type == DType.F16 ? Float.float16ToFloat(Float.floatToFloat16(x[i])) : bf16(x[i]);
      }
      return x;
    }

    private static float bf16(float x) {
      int bits = Float.floatToRawIntBits(x);
      int even = (bits >>> 16) & 1;
      return Float.isFinite(x) ? Float.intBitsToFloat((bits + 0x7fff + even) & 0xffff0000) : x;
    }

    @Override
    protected float[] layerNorm(FloatWeights.Norm norm, float[] x) {
      return rounded(super.layerNorm(norm, x));
    }

    @Override
    protected float[] tokenShift(float[] mix, float[] x, float[] previous) {
      return rounded(super.tokenShift(mix, x, previous));
    }

    @Override
    protected float[] multiply(float[][] matrix, float[] x) {
      return rounded(super.multiply(matrix, x));
    }

    @Override
    protected float[] gate(float[] r, float[] y) {
      return rounded(super.gate(r, y));
    }

    @Override
    protected float[] squaredRelu(float[] k) {
      return rounded(super.squaredRelu(k));
    }

    @Override
    protected float[] add(float[] x, float[] y) {
      return rounded(super.add(x, y));
    }
  }
}
