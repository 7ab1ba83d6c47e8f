/**
 * Options and the configuration file: where values come from, and what they mean. {@code
 * LinkOption} declares each option of a link once.
 */
@NullMarked
package org.etcdmirror.service.config;

import org.jspecify.annotations.NullMarked;
