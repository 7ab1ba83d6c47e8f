/** Makes static pages with search of the project's Markdown. */
@NullMarked
package org.etcdmirror.site;

import org.jspecify.annotations.NullMarked;
