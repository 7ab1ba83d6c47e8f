/**
 * What all packages share while a mirror runs: its settings, and its runtime with the states, the
 * progress, the approvals and the retries. Moves no events.
 */
@NullMarked
package org.etcdmirror.core.internal.run;

import org.jspecify.annotations.NullMarked;
