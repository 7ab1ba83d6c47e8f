/** What both connectors are told about etcd: the address, users, passwords and certificates. */
@NullMarked
package org.etcdmirror.kafka.connect.config;

import org.jspecify.annotations.NullMarked;
