package org.etcdmirror.benchmarks.process;

/** A turn whose figures do not count. */
public final class UnusableException extends Exception {

  private static final long serialVersionUID = 1;

  /** With the reason for the report. */
  public UnusableException(String reason) {
    super(reason);
  }
}
