/** The library inside a program of your own. */
@NullMarked
package org.etcdmirror.embedding;

import org.jspecify.annotations.NullMarked;
