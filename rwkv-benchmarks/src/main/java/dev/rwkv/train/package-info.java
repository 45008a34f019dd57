/** Benchmarks of training; start at {@link dev.rwkv.train.TrainingBenchmark}. */
@NullMarked
package dev.rwkv.train;

import org.jspecify.annotations.NullMarked;
