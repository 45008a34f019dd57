/**
 * How requirements are run: one after the other in this process, or in a process of their own that
 * may crash, hang or end without taking the report with it.
 *
 * <p>Start with {@link dev.rwkv.conformance.process.RequirementRunner} for the former and {@link
 * dev.rwkv.conformance.process.Supervisor} for the latter: it starts a {@link
 * dev.rwkv.conformance.process.Worker}, which writes what it does into a {@link
 * dev.rwkv.conformance.process.Journal}; where that ends too early, the requirement that was being
 * tested has failed, and another worker goes on with the next.
 */
@NullMarked
package dev.rwkv.conformance.process;

import org.jspecify.annotations.NullMarked;
