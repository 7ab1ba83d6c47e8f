/**
 * Decides about gaps and closes them: reads both sides, writes what differs, and asks a person
 * before it deletes too much.
 */
@NullMarked
package org.etcdmirror.core.internal.resync;

import org.jspecify.annotations.NullMarked;
