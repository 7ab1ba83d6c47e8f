package org.etcdmirror.benchmarks.report;

/**
 * A workload with its figures.
 *
 * @param run in which it was measured
 * @param results the figures
 */
public record Measured(Run run, Results results) {}
