package org.etcdmirror.v2.internal.client;

import okhttp3.Response;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.v2.internal.protocol.V2Index;
import org.etcdmirror.v2.internal.protocol.V2ProtocolException;

/** The headers in which a server names its cluster, and the index of its store. */
public final class V2Headers {

  static final String CLUSTER_ID = "X-Etcd-Cluster-Id";
  static final String ETCD_INDEX = "X-Etcd-Index";

  private V2Headers() {}

  /**
   * The cluster's id and the store's index in the headers of a response.
   *
   * @throws V2ProtocolException if one is missing, or none that etcd sends
   */
  public static SourceHead head(Response response) throws V2ProtocolException {
    String name = "header " + ETCD_INDEX;
    long index = V2Index.of(name, header(response, ETCD_INDEX));
    if (index == 0) {
      throw new V2ProtocolException(name + " is 0, but a store begins at 1");
    }
    return new SourceHead(header(response, CLUSTER_ID), index);
  }

  private static String header(Response response, String name) throws V2ProtocolException {
    String value = response.header(name);
    if (value == null) {
      throw new V2ProtocolException("not an etcd v2 answer: no header " + name);
    }
    return value;
  }
}
