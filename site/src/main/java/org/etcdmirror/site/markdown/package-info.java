/** Reads pages of Markdown: their headings, links and code. */
@NullMarked
package org.etcdmirror.site.markdown;

import org.jspecify.annotations.NullMarked;
