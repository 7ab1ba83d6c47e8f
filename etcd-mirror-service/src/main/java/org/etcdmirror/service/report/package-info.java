/** Status, plans and comparisons as JSON and as text. */
@NullMarked
package org.etcdmirror.service.report;

import org.jspecify.annotations.NullMarked;
