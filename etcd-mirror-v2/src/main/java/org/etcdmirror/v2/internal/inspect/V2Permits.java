package org.etcdmirror.v2.internal.inspect;

import java.io.IOException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Failures;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;

/**
 * Tries what a user may do, because only root may read the permissions of v2. etcd checks them
 * before it looks at the key.
 */
final class V2Permits {

  /** Never there: it stands for all keys that a pattern with an asterisk matches. */
  private static final String NO_SUCH_KEY = "_etcd-mirror/doctor";

  /** An index that no key can have, so that the delete never matches. */
  private static final String NEVER = "prevIndex=" + Long.MAX_VALUE;

  private final V2Client client;

  V2Permits(V2Client client) {
    this.client = client;
  }

  boolean read(String pattern) throws IOException, InterruptedException {
    return permits(V2Request.get(key(pattern), "quorum=true"));
  }

  /** A delete on a condition that cannot hold: etcd refuses it, and its index does not move. */
  boolean write(String pattern) throws IOException, InterruptedException {
    return permits(V2Request.delete(key(pattern), NEVER));
  }

  private static String key(String pattern) {
    return pattern.endsWith("*")
        ? pattern.substring(0, pattern.length() - 1) + NO_SUCH_KEY
        : pattern;
  }

  private boolean permits(V2Request request) throws IOException, InterruptedException {
    try {
      client.send(request);
      return true;
    } catch (V2ErrorException e) {
      if (e.serverFailed()) {
        throw e;
      }
      // The key is not there, or the condition does not hold.
      return true;
    } catch (IOException | PermanentException e) {
      if (V2Failures.isDenial(e)) {
        return false;
      }
      throw e;
    }
  }
}
