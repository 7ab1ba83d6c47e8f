/** Tries the code of the pages, for the tests of the modules that it is about. */
@NullMarked
package org.etcdmirror.site.snippet;

import org.jspecify.annotations.NullMarked;
