/**
 * The program {@code etcd-mirror}: runs one link from the command line. {@code Main} starts a
 * command; {@code config} understands its options, {@code run} makes the link from them, and {@code
 * http} serves its status.
 */
@NullMarked
package org.etcdmirror.service;

import org.jspecify.annotations.NullMarked;
