/**
 * What every package shares while a mirror runs: settings, retries, states, progress and approvals.
 */
@NullMarked
package org.etcdmirror.core.internal.run;

import org.jspecify.annotations.NullMarked;
