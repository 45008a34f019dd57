/**
 * Measures a model and, in the same minutes, what the machine can do at most. Start with {@link
 * dev.rwkv.cli.bench.Benchmark}; what is measured on one loaded model is {@link
 * dev.rwkv.cli.bench.Subject}, what comes out is {@link dev.rwkv.cli.bench.Measurement}, and {@link
 * dev.rwkv.cli.bench.JsonReport} and {@link dev.rwkv.cli.bench.TableReport} write it down.
 */
@NullMarked
package dev.rwkv.cli.bench;

import org.jspecify.annotations.NullMarked;
