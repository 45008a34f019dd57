package dev.rwkv.conformance.property;

import dev.rwkv.Model;
import dev.rwkv.Session;
import dev.rwkv.conformance.generator.AlteredCheckpoint;
import dev.rwkv.conformance.generator.Edit;
import dev.rwkv.conformance.generator.ModelCase;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.conformance.tolerance.Violation;
import dev.rwkv.error.BackendException;
import dev.rwkv.error.CheckpointException;
import dev.rwkv.spi.Availability;
import dev.rwkv.spi.LoadOptions;
import dev.rwkv.tensor.DType;
import dev.rwkv.tensor.Shape;
import dev.rwkv.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;

/** Checkpoints that are no model, and to whom a checkpoint belongs. */
class CheckpointProperties {
  private static final ModelCase VALID = ModelCase.of(3, 6, 10, 9, 4);

  private static AlteredCheckpoint valid() {
    return new AlteredCheckpoint(VALID.open());
  }

  private static TensorView zeros(String name, DType type, Shape shape) {
    byte[] bytes = new byte[(int) type.bytes(shape.elements())];
    return TensorView.of(name, type, shape, MemorySegment.ofArray(bytes));
  }

  /** The backend says no, in both ways that it is asked, and the checkpoint stays the caller's. */
  private static void refused(Subject subject, String what, AlteredCheckpoint checkpoint) {
    try (checkpoint) {
      Violation.unless(
          !willing(subject, what, checkpoint, LoadOptions.defaults()).isUsable(),
          "canLoad accepts a checkpoint " + what);
      refusedByLoad(subject, what, checkpoint, LoadOptions.defaults());
      Violation.unless(
          checkpoint.closings() == 0,
          "load has closed a checkpoint %s that it refused".formatted(what));
    }
  }

  private static Availability willing(
      Subject subject, String what, AlteredCheckpoint checkpoint, LoadOptions options) {
    Availability answer;
    try {
      answer = subject.provider().canLoad(checkpoint, options);
    } catch (RuntimeException | AssertionError e) {
      throw new Violation("canLoad of a checkpoint " + what + " must not throw, but threw " + e, e);
    }
    Violation.unless(
        answer.isUsable() || !answer.reason().orElse("").isBlank(),
        "canLoad refuses a checkpoint %s without a reason".formatted(what));
    return answer;
  }

  private static void refusedByLoad(
      Subject subject, String what, AlteredCheckpoint checkpoint, LoadOptions options) {
    Model model;
    try {
      model = subject.provider().load(checkpoint, options);
    } catch (CheckpointException | BackendException e) {
      Violation.unless(
          e.getMessage() != null && !e.getMessage().isBlank(),
          "load refuses a checkpoint %s without a reason".formatted(what));
      return;
    } catch (RuntimeException | AssertionError e) {
      throw new Violation(
          "load of a checkpoint %s must throw CheckpointException or BackendException, but threw %s"
              .formatted(what, e),
          e);
    }
    model.close();
    throw new Violation("load accepts a checkpoint " + what);
  }

  @Verifies("RWKV-CKP-001")
  @Example
  void aMissingTensorIsRefused(Subject subject) {
    for (String name : VALID.names()) {
      refused(subject, "without " + name, valid().without(name));
    }
  }

  @Verifies("RWKV-CKP-002")
  @Example
  void aTensorOfAnotherShapeIsRefused(Subject subject) {
    VALID.names().forEach(name -> otherShapesAreRefused(subject, name));
  }

  private static void otherShapesAreRefused(Subject subject, String name) {
    Shape shape;
    try (AlteredCheckpoint checkpoint = valid()) {
      shape = checkpoint.tensor(name).shape();
    }
    long rows = shape.dim(0);
    long columns = shape.rank() == 2 ? shape.dim(1) : 1;
    List<Shape> wrong = new ArrayList<>();
    for (long[] size :
        new long[][] {{rows - 1, columns}, {rows + 1, columns}, {rows, columns + 1}}) {
      wrong.add(shape.rank() == 2 ? Shape.of(size) : Shape.of(size[0] * size[1]));
    }
    wrong.add(Shape.of(2, rows, columns));
    if (rows != columns && shape.rank() == 2) {
      wrong.add(Shape.of(columns, rows));
    }
    for (Shape each : wrong) {
      refused(
          subject,
          "whose %s is %s, not %s".formatted(name, each, shape),
          valid().with(zeros(name, DType.F32, each)));
    }
  }

  @Verifies("RWKV-CKP-003")
  @Example
  void aTensorOfIntegersIsRefused(Subject subject) {
    try (AlteredCheckpoint checkpoint = valid()) {
      for (String name : VALID.names()) {
        Shape shape = checkpoint.tensor(name).shape();
        refused(subject, "whose " + name + " is i64", valid().with(zeros(name, DType.I64, shape)));
      }
    }
  }

  @Verifies("RWKV-CKP-004")
  @Example
  void aTensorThatBelongsToNoModelIsRefused(Subject subject) {
    for (String name :
        List.of(
            "blocks.0.att.gate.weight",
            "blocks.1.att.time_faaaa",
            "blocks.5.ln1.weight",
            "something.weight")) {
      refused(subject, "with a tensor " + name, valid().with(zeros(name, DType.F32, Shape.of(6))));
    }
    AlteredCheckpoint gap = valid();
    for (String name : List.copyOf(gap.names())) {
      if (name.startsWith("blocks.1.")) {
        gap.without(name);
      }
    }
    refused(subject, "with blocks 0 and 2, but not 1", gap);
  }

  @Verifies("RWKV-CKP-005")
  @Example
  void canLoadAgreesWithLoad(Subject subject) {
    for (DType precision : DType.values()) {
      LoadOptions options = LoadOptions.defaults().withPrecision(precision);
      String what = "in precision " + precision.label();
      AlteredCheckpoint checkpoint = valid();
      if (willing(subject, what, checkpoint, options).isUsable()) {
        try {
          subject.provider().load(checkpoint, options).close();
        } catch (RuntimeException e) {
          checkpoint.close();
          throw new Violation("load refuses %s, but canLoad does not: %s".formatted(what, e), e);
        }
      } else {
        refusedByLoad(subject, what, checkpoint, options);
        checkpoint.close();
      }
    }
  }

  @Verifies("RWKV-CKP-006")
  @Example
  void aValidModelIsRightAfterARefusedOne(Subject subject) {
    Outcome before = afterThreeTokens(subject);
    for (String name : VALID.names()) {
      try (AlteredCheckpoint broken = valid().without(name)) {
        refusedByLoad(subject, "without " + name, broken, LoadOptions.defaults());
      }
      before.requireSame(afterThreeTokens(subject), "a valid model after one without " + name);
    }
  }

  private static Outcome afterThreeTokens(Subject subject) {
    try (LoadedModel model = subject.load(VALID);
        Session session = model.newSession()) {
      session.prefill(1, 2, 3);
      return Outcome.of(session);
    }
  }

  @Verifies("RWKV-RES-003")
  @Example
  void aModelClosesItsCheckpoint(Subject subject) {
    AlteredCheckpoint given = valid();
    try (Model model = subject.provider().load(given, LoadOptions.defaults());
        Session session = model.newSession()) {
      session.step(1);
    }
    Violation.unless(
        given.closings() >= 1, "the checkpoint is still open after its model was closed");
    refused(subject, "without head.weight", valid().without("head.weight"));
    aConvertedOneIsClosedLikewise(subject);
  }

  private static void aConvertedOneIsClosedLikewise(Subject subject) {
    LoadOptions options = LoadOptions.defaults().withPrecision(DType.F16);
    AlteredCheckpoint given = valid();
    if (!subject.provider().canLoad(given, options).isUsable()) {
      given.close();
      return;
    }
    subject.provider().load(given, options).close();
    Violation.unless(
        given.closings() >= 1, "the checkpoint is still open after its model in f16 was closed");
    // Names, shapes and types are right, so that only load can find out, when it converts.
    Edit large = Edit.fill("blocks.2.att.key.weight", 1e30);
    try (AlteredCheckpoint unfit = new AlteredCheckpoint(VALID.with(large).open())) {
      Model model;
      try {
        model = subject.provider().load(unfit, options);
      } catch (CheckpointException | BackendException e) {
        Violation.unless(
            unfit.closings() == 0, "load in f16 has closed a checkpoint that it refused: " + e);
        return;
      }
      model.close();
    }
  }
}
