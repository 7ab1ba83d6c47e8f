/** Options and the configuration file: where values come from, and what they mean. */
@NullMarked
package org.etcdmirror.service.config;

import org.jspecify.annotations.NullMarked;
