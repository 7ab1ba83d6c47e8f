package org.etcdmirror.spring;

/** Beans of an application do not fit its links. */
public final class LinkBeanException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String problem;
  private final String action;

  LinkBeanException(String problem, String action) {
    super(problem + "; " + action);
    this.problem = problem;
    this.action = action;
  }

  /** What is wrong. */
  public String problem() {
    return problem;
  }

  /** What to do. */
  public String action() {
    return action;
  }
}
