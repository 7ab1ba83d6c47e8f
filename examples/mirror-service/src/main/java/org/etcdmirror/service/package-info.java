/**
 * One link as a program. It shows how the library is put to work: which source, sink and store come
 * from where, what becomes of signals and failures, and what an operator gets to see.
 */
@NullMarked
package org.etcdmirror.service;

import org.jspecify.annotations.NullMarked;
