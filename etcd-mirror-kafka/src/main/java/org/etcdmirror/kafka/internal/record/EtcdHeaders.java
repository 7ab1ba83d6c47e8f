package org.etcdmirror.kafka.internal.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.jspecify.annotations.Nullable;

/** What a record says besides key and value. Each value is text, so that any consumer reads it. */
public final class EtcdHeaders {

  private static final String INDEX = "etcd.index";
  private static final String OP = "etcd.op";
  private static final String SNAPSHOT = "etcd.snapshot";
  private static final String LEASE = "etcd.lease";
  private static final String TTL = "etcd.ttl";
  private static final String EXPIRES = "etcd.expires";
  private static final int HEX = 16;

  private EtcdHeaders() {}

  /** Of a put. */
  public static Headers of(Put put, boolean isOfSnapshot) {
    Headers headers = of(put, "put", isOfSnapshot);
    Lease lease = put.lease();
    if (lease != null) {
      add(headers, LEASE, Long.toHexString(lease.id()));
      add(headers, TTL, Long.toString(lease.ttl().toSeconds()));
    }
    Expiry expiry = put.expiresAt();
    if (expiry != null) {
      add(headers, EXPIRES, Long.toString(expiry.instant().toEpochMilli()));
    }
    return headers;
  }

  /** Of a key that is gone. */
  public static Headers ofDelete(MirrorEvent event, boolean isOfSnapshot) {
    return of(event, "delete", isOfSnapshot);
  }

  private static Headers of(MirrorEvent event, String op, boolean isOfSnapshot) {
    Headers headers = new RecordHeaders();
    add(headers, INDEX, Long.toString(event.index()));
    add(headers, OP, op);
    if (isOfSnapshot) {
      add(headers, SNAPSHOT, "true");
    }
    return headers;
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(UTF_8));
  }

  /** The put that a record is. Headers that another program wrote count as missing. */
  public static Put put(Bytes key, byte[] value, Headers headers) {
    Long index = number(headers, INDEX, 10);
    Expiry expiry = expiry(headers);
    Lease lease = expiry == null ? null : lease(headers);
    return new Put(key, Bytes.of(value), index == null ? 0 : index, expiry, lease);
  }

  private static @Nullable Expiry expiry(Headers headers) {
    Long millis = number(headers, EXPIRES, 10);
    try {
      return millis == null ? null : Expiry.at(Instant.ofEpochMilli(millis));
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private static @Nullable Lease lease(Headers headers) {
    Long id = number(headers, LEASE, HEX);
    Long ttl = number(headers, TTL, 10);
    return id == null || ttl == null || id == 0 ? null : new Lease(id, Duration.ofSeconds(ttl));
  }

  private static @Nullable Long number(Headers headers, String name, int radix) {
    Header header = headers.lastHeader(name);
    if (header == null || header.value() == null) {
      return null;
    }
    String text = new String(header.value(), UTF_8);
    try {
      return radix == HEX ? Long.parseUnsignedLong(text, HEX) : Long.parseLong(text, radix);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
