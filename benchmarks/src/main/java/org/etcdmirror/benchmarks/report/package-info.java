/** What a run found: as a table, as JSON, as a page and as plots. */
@NullMarked
package org.etcdmirror.benchmarks.report;

import org.jspecify.annotations.NullMarked;
