package dev.rwkv.conformance;

/** The vector backend is certified in the way in which any vendor's is. */
class VectorConformanceTest extends BackendConformance {}
