/**
 * The certificate: what was tested, on what, with which seeds, and a verdict for each requirement.
 *
 * <p>Start with {@link dev.rwkv.conformance.report.ConformanceReport}. {@link
 * dev.rwkv.conformance.report.ReportFiles} writes and reads {@code conformance-report.json}, whose
 * schema is {@code conformance-report.schema.json} beside it; {@link
 * dev.rwkv.conformance.report.ReportPage} is the same for people.
 */
@NullMarked
package dev.rwkv.conformance.report;

import org.jspecify.annotations.NullMarked;
