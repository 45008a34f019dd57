package dev.rwkv.conformance.property;

import dev.rwkv.Session;
import dev.rwkv.conformance.generator.Text;
import dev.rwkv.conformance.generator.Texts;
import dev.rwkv.conformance.subject.LoadedModel;
import dev.rwkv.conformance.subject.Subject;
import dev.rwkv.spi.LoadOptions;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The same tokens, the same bits. */
class DeterminismProperties {

  @Verifies("RWKV-DET-001")
  @Property(tries = 60)
  void runsRepeatBitForBit(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    try (LoadedModel model = subject.load(text.model());
        LoadedModel again = subject.load(text.model());
        Session first = model.newSession();
        Session second = model.newSession();
        Session third = again.newSession()) {
      first.prefill(text.all());
      second.prefill(text.all());
      third.prefill(text.all());
      Outcome outcome = Outcome.of(first);
      outcome.requireSame(Outcome.of(second), "a second session");
      outcome.requireSame(Outcome.of(third), "a second model of the same weights");
      first.reset();
      first.prefill(text.all());
      outcome.requireSame(Outcome.of(first), "the same session after reset");
    }
  }

  @Verifies("RWKV-DET-002")
  @Property(tries = 40)
  void theNumberOfThreadsChangesNoBit(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    Outcome one = withThreads(subject, text, 1);
    for (int threads = 2; threads <= 3; threads++) {
      one.requireSame(withThreads(subject, text, threads), threads + " threads");
    }
  }

  private static Outcome withThreads(Subject subject, Text text, int threads) {
    try (LoadedModel model =
            subject.load(text.model(), LoadOptions.defaults().withThreads(threads));
        Session session = model.newSession()) {
      session.prefill(text.all());
      session.step(text.token(0));
      return Outcome.of(session);
    }
  }

  @Verifies("RWKV-DET-003")
  @Property(tries = 60)
  void whatOtherSessionsDidChangesNoBit(
      Subject subject, @ForAll(supplier = Texts.class) Text text) {
    int last = text.model().vocabulary() - 1;
    try (LoadedModel model = subject.load(text.model());
        Session first = model.newSession();
        Session other = model.newSession();
        Session second = model.newSession()) {
      first.prefill(text.all());
      first.step(text.token(0));
      Outcome outcome = Outcome.of(first);
      other.prefill(last, 0, last, 0, last, 0, last, 0, last);
      second.prefill(text.all());
      other.step(last);
      other.fork().close();
      second.step(text.token(0));
      outcome.requireSame(Outcome.of(second), "after another session's text");
    }
  }

  @Verifies("RWKV-DET-004")
  @Property(tries = 40)
  void everyLoadGivesTheSameBits(Subject subject, @ForAll(supplier = Texts.class) Text text) {
    Outcome first = loaded(subject, text);
    for (int i = 0; i < 3; i++) {
      first.requireSame(loaded(subject, text), "loaded again");
    }
  }

  private static Outcome loaded(Subject subject, Text text) {
    try (LoadedModel model = subject.load(text.model());
        Session session = model.newSession()) {
      session.prefill(text.all());
      session.step(text.token(0));
      return Outcome.of(session);
    }
  }
}
