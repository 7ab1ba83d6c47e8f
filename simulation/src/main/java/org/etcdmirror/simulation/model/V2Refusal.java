package org.etcdmirror.simulation.model;

/** An error of the v2 API. */
final class V2Refusal extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** The errors that the model needs, with their codes. */
  enum Kind {
    KEY_NOT_FOUND(100, 404, "Key not found"),
    COMPARE_FAILED(101, 412, "Compare failed"),
    NOT_A_FILE(102, 403, "Not a file"),
    NOT_A_DIRECTORY(104, 400, "Not a directory"),
    KEY_EXISTS(105, 412, "Key already exists"),
    ROOT_READ_ONLY(107, 400, "Root is read only"),
    NOT_EMPTY(108, 403, "Directory not empty"),
    RAFT_INTERNAL(300, 500, "Raft Internal Error"),
    CLEARED(401, 400, "The event in requested index is outdated and cleared");

    final int code;
    final int status;
    final String text;

    Kind(int code, int status, String text) {
      this.code = code;
      this.status = status;
      this.text = text;
    }
  }

  private final Kind kind;
  private final String why;
  private final long index;

  V2Refusal(Kind kind, String why, long index) {
    super(kind + ": " + why, null, false, false);
    this.kind = kind;
    this.why = why;
    this.index = index;
  }

  V2Reply reply() {
    return new V2Reply(kind.status, index, V2Text.error(kind.code, kind.text, why, index) + "\n");
  }
}
