package org.etcdmirror.v3.internal.inspect;

import java.util.Locale;
import org.etcdmirror.v3.rpc.Permission;

/** A right on keys. */
enum Right {
  READ(Permission.Type.READ),
  WRITE(Permission.Type.WRITE),
  READWRITE(Permission.Type.READWRITE);

  private final Permission.Type granted;

  Right(Permission.Type granted) {
    this.granted = granted;
  }

  /** Whether a permission gives this right, which is one of the two halves. */
  boolean isIn(Permission permission) {
    return permission.getPermType() == granted
        || permission.getPermType() == Permission.Type.READWRITE;
  }

  /** The halves of this right. */
  Right[] halves() {
    return this == READWRITE ? new Right[] {READ, WRITE} : new Right[] {this};
  }

  /** The word of etcdctl. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
