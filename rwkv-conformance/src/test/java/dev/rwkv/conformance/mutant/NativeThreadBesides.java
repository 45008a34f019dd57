package dev.rwkv.conformance.mutant;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.rwkv.Model;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;

/** A pool of native code that is always awake. */
@Breaks(
    value = "RWKV-DEV-002",
    how = "lets a thread of native code spin as long as its model is open",
    reason = "native thread '",
    forked = true)
public final class NativeThreadBesides extends HonestBackend {
  @Override
  protected Model model(Model honest) {
    Arena arena = Arena.ofShared();
    MemorySegment lock = arena.allocate(4);
    NativeCode.call(
        "pthread_spin_init", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), lock, 0);
    NativeCode.call("pthread_spin_lock", lock);
    long thread = NativeCode.start("pthread_spin_lock", lock);
    return new RelayModel(honest, this) {
      private boolean open = true;

      @Override
      public void close() {
        super.close();
        if (open) {
          open = false;
          NativeCode.call("pthread_spin_unlock", lock);
          NativeCode.join(thread);
          arena.close();
        }
      }
    };
  }
}
