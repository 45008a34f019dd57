/** Tests of reports. */
package dev.rwkv.conformance.report;
