package org.etcdmirror.kafka.internal.client;

/** How large a record may be. */
public final class LargestRecord {

  /** Above etcd's 1.5 MiB for a request, with room for headers. */
  public static final int DEFAULT_BYTES = 2 << 20;

  private LargestRecord() {}
}
