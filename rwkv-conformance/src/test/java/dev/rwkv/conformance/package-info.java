/** The kit used as vendors use it. */
package dev.rwkv.conformance;
