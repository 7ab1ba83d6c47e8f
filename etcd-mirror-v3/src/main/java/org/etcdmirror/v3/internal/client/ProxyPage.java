package org.etcdmirror.v3.internal.client;

import io.grpc.Status;
import org.etcdmirror.api.internal.DisplayText;

/**
 * An answer in HTTP alone, as a proxy's page. gRPC makes a status of it by the HTTP status (404
 * becomes UNIMPLEMENTED, 403 PERMISSION_DENIED), but it is no word of etcd's: another endpoint, or
 * a later time, may bring one.
 */
final class ProxyPage {

  /** The start of gRPC's text for such an answer, in this process. */
  private static final String MARK = "HTTP status code ";

  private static final int LONGEST = 120;

  private ProxyPage() {}

  static boolean is(Status status) {
    String text = status.getDescription();
    return text != null && text.startsWith(MARK);
  }

  /** In one line of bounded length. */
  static String explained(Status status) {
    String text = String.valueOf(status.getDescription()).replaceAll("\\s+", " ");
    return "not an answer of etcd, but an HTTP page, perhaps of a proxy (%s)"
        .formatted(DisplayText.of(text, LONGEST));
  }
}
