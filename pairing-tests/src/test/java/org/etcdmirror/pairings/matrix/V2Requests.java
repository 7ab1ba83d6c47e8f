package org.etcdmirror.pairings.matrix;

/** Says what requests and answers of API v2 are for, where the mirror's scope is one directory. */
final class V2Requests {

  private static final String KEYS = "/v2/keys";

  /** The note that a cut-over leaves in a checkpoint. */
  private static final String MARK = "cutover";

  private final String prefix;

  V2Requests(String prefix) {
    this.prefix = prefix;
  }

  Asked request(String head, String body) {
    String line = head.substring(0, head.indexOf('\r'));
    String path = line.substring(line.indexOf(' ') + 1);
    boolean reads = line.startsWith("GET ");
    if (path.startsWith(KEYS + prefix)) {
      boolean whole = path.contains("recursive=true") && !isWatch(head);
      return !reads ? Asked.WRITE : whole ? Asked.READ_WHOLE : Asked.OTHER;
    }
    if (reads || !path.startsWith(KEYS + "/__replication/")) {
      return Asked.OTHER;
    }
    return body.contains(MARK) ? Asked.MARK : Asked.SAVE;
  }

  static boolean isWatch(String head) {
    return head.substring(0, head.indexOf('\r')).contains("wait=true");
  }

  /** What is sent behind the request for a watch. */
  Asked delivered(String text) {
    return text.contains("\"" + prefix) ? Asked.EVENTS : Asked.OTHER;
  }
}
