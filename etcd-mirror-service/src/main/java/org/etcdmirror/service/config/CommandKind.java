package org.etcdmirror.service.config;

/** What a command does with its link. Each kind uses fewer options than the one before it. */
public enum CommandKind {
  /**
   * Mirrors until it is stopped, also beside other members: {@code run}; {@code doctor} looks
   * first.
   */
  RUN,
  /** Mirrors alone, and ends the link: {@code cutover}. */
  FOLLOW,
  /** Copies and ends: {@code once}. */
  COPY,
  /** Compares as a resync would: {@code plan}. */
  PLAN,
  /** Compares: {@code verify}. */
  VERIFY,
  /** Reads the stored index: {@code index show}. */
  SHOW_INDEX,
  /** Writes the stored index: {@code index set}. */
  SET_INDEX
}
