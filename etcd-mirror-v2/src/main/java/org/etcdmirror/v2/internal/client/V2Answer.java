package org.etcdmirror.v2.internal.client;

import java.io.IOException;
import okhttp3.HttpUrl;
import okhttp3.Response;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.protocol.V2Action;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.protocol.V2Node;
import org.etcdmirror.v2.internal.protocol.V2ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request for one key.
 *
 * @param action what was done
 * @param node the node; null only in the answer to a write that asked for none
 * @param prevNode the node before a write, if there was one
 * @param etcdIndex of a read the store's index, of a write the index of the change
 * @param clusterId as the server spells it
 * @param endpoint who answered
 */
public record V2Answer(
    V2Action action,
    @Nullable V2Node node,
    @Nullable V2Node prevNode,
    long etcdIndex,
    String clusterId,
    HttpUrl endpoint) {

  /** Reads the response to a request for one key. */
  static V2Answer of(Response response, V2Request request) throws IOException {
    SourceHead head = V2Headers.head(response);
    V2Json.Body body = V2Json.answer(response.body().byteStream(), System.nanoTime());
    if (!request.changes()) {
      requireOf(request.key(), body.node(), head.index());
    }
    return new V2Answer(
        body.action(),
        body.node(),
        body.prevNode(),
        head.index(),
        head.clusterId(),
        response.request().url().newBuilder("/").build());
  }

  /** The node of an answer that must have one. */
  public V2Node requireNode() throws V2ProtocolException {
    if (node == null) {
      throw new V2ProtocolException("answer has no node: " + V2Endpoints.text(endpoint));
    }
    return node;
  }

  /**
   * Whether a node is what was asked for, at an index that the server had come to.
   *
   * @throws V2ProtocolException if not
   */
  public static void requireOf(String key, @Nullable V2Node node, long index)
      throws V2ProtocolException {
    if (node == null || !node.key().equals(key)) {
      throw new V2ProtocolException(
          node == null
              ? "answer has no node"
              : "answer is for another key: '%s'".formatted(DisplayText.of(node.key())));
    }
    requireWithin(node, index);
  }

  /**
   * Whether a node is not newer than the index of the answer that shows it.
   *
   * @throws V2ProtocolException if it is
   */
  public static void requireWithin(V2Node node, long index) throws V2ProtocolException {
    if (node.modifiedIndex() > index) {
      throw new V2ProtocolException(
          "'%s' has index %d, above the server's index %d"
              .formatted(DisplayText.of(node.key()), node.modifiedIndex(), index));
    }
  }
}
