package dev.rwkv.vector.kernel;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a call moves and computes: JMH reports them per second beside the calls. */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Rates {
  /** 10⁹ bytes read. */
  public double gigabytes;

  /** 10⁹ f32 operations; an FMA is two. */
  public double gigaflops;

  /** Made by JMH. */
  public Rates() {}
}
