package org.etcdmirror.core;

/** What a running mirror does about differences that it finds by itself. */
public enum VerifyAction {
  /** It tells: in the status, in metrics, to listeners and in the log. */
  REPORT,
  /** It tells, and then has source and sink compared and the differences written. */
  REPAIR
}
