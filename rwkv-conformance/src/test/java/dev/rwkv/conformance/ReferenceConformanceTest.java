package dev.rwkv.conformance;

/** The oracle keeps the rules that it judges others by. */
class ReferenceConformanceTest extends BackendConformance {
  @Override
  protected String backend() {
    return "reference";
  }
}
