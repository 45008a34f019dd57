/** Tests of how requirements are run. */
package dev.rwkv.conformance.process;
