package com.example.plain;

import dev.rwkv.conformance.BackendConformance;

/** Every requirement is a test; the last one is the certificate. */
class PlainConformanceTest extends BackendConformance {
  @Override
  protected String backend() {
    return PlainBackend.NAME;
  }
}
