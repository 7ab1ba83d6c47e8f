/**
 * Settings, retries, states, progress and approvals, which all packages share while a mirror runs.
 */
@NullMarked
package org.etcdmirror.core.internal.run;

import org.jspecify.annotations.NullMarked;
