/** Tests of the benchmarks. */
package dev.rwkv.vector;
