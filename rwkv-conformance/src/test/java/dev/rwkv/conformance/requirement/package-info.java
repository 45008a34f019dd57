/** Tests of the requirements. */
package dev.rwkv.conformance.requirement;
