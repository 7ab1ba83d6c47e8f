/** The pages and actions of a running service. */
@NullMarked
package org.etcdmirror.service.http;

import org.jspecify.annotations.NullMarked;
