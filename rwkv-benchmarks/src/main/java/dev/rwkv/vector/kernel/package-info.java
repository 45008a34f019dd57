/**
 * Benchmarks of single kernels, one class a kernel, in the package of what they measure. Start with
 * {@link dev.rwkv.vector.kernel.KernelBenchmark}, which says what they have in common.
 *
 * <pre>
 *   ./mvnw -pl rwkv-benchmarks -am -DskipTests package
 *   java -jar rwkv-benchmarks/target/benchmarks.jar                        everything: hours
 *   java -jar rwkv-benchmarks/target/benchmarks.jar -l                     what there is
 *   java -jar rwkv-benchmarks/target/benchmarks.jar WkvBenchmark -p bits=512
 *   java -jar rwkv-benchmarks/target/benchmarks.jar PanelBenchmark -p format=BF16,Q4_0 -t 2
 * </pre>
 *
 * <p>On a shared machine compare only what ran in the same minutes: {@code ReadBenchmark} and
 * {@code FmaBenchmark} give the machine's own limits, to name beside the others.
 */
@NullMarked
package dev.rwkv.vector.kernel;

import org.jspecify.annotations.NullMarked;
