package org.etcdmirror.v2.internal.read;

import java.io.IOException;
import okhttp3.HttpUrl;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.v2.internal.client.V2Answer;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Paths;

/** Asks a cluster who it is and how far it has come. */
public final class V2Head {

  /** Below a path: never there, never listed, cheap; the answer bears the cluster's index. */
  private static final String NO_SUCH_KEY = "/_etcd-mirror/head";

  private V2Head() {}

  /** By a quorum read of a key below a path, so that the right to read the path is enough. */
  public static SourceHead read(V2Client client, String path)
      throws IOException, InterruptedException {
    try {
      V2Answer answer = client.get(below(path), "quorum=true");
      return new SourceHead(answer.clusterId(), answer.etcdIndex());
    } catch (V2ErrorException e) {
      return of(e);
    }
  }

  /** The same through one endpoint. */
  public static SourceHead readFrom(V2Client client, HttpUrl endpoint, String path)
      throws IOException, InterruptedException {
    try {
      V2Answer answer = client.getFrom(endpoint, below(path), "quorum=true");
      return new SourceHead(answer.clusterId(), answer.etcdIndex());
    } catch (V2ErrorException e) {
      return of(e);
    }
  }

  private static String below(String path) {
    return path.equals(V2Paths.ROOT) ? NO_SUCH_KEY : path + NO_SUCH_KEY;
  }

  /** The head in an answer that says that the key does not exist. */
  public static SourceHead of(V2ErrorException e) throws V2ErrorException {
    String id = e.clusterId();
    if (e.isAbsence() && id != null) {
      return new SourceHead(id, e.index());
    }
    throw e;
  }
}
