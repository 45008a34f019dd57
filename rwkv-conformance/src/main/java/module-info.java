/** The conformance kit: requirements, the tests behind them, and the certificate. */
module dev.rwkv.conformance {
  requires transitive dev.rwkv;
  requires transitive dev.rwkv.checkpoint;
  requires transitive dev.rwkv.reference;
  requires java.logging;
  requires java.management;
  requires jdk.management;
  requires net.jqwik.api;
  // jqwik asks tests for its annotation, and cannot read it unless somebody requires it.
  requires org.apiguardian.api;
  requires org.junit.jupiter.api;
  requires org.junit.platform.commons;
  requires org.junit.platform.engine;
  requires org.junit.platform.launcher;
  requires static org.jspecify;
  requires tools.jackson.databind;

  exports dev.rwkv.conformance;
  exports dev.rwkv.conformance.process;
  exports dev.rwkv.conformance.report;
  exports dev.rwkv.conformance.requirement;
  exports dev.rwkv.conformance.tolerance;

  // Jackson makes records, jqwik and the JUnit platform run tests, all by reflection.
  opens dev.rwkv.conformance;
  opens dev.rwkv.conformance.generator;
  opens dev.rwkv.conformance.process;
  opens dev.rwkv.conformance.property;
  opens dev.rwkv.conformance.report;
  opens dev.rwkv.conformance.requirement;
  opens dev.rwkv.conformance.subject;
  opens dev.rwkv.conformance.tolerance;

  uses org.junit.platform.engine.TestEngine;
}
