package org.etcdmirror.spring;

import org.jspecify.annotations.Nullable;

/** A property of a link is missing or wrong. */
public final class LinkPropertyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String property;
  private final String action;

  LinkPropertyException(String property, String problem, String action) {
    this(property, problem, action, null);
  }

  LinkPropertyException(String property, String problem, String action, @Nullable Throwable cause) {
    super("%s %s; %s".formatted(property, problem, action), cause);
    this.property = property;
    this.action = action;
  }

  /** A value that the library refuses, with its own words. */
  static LinkPropertyException wrong(String property, Object value, IllegalArgumentException e) {
    return new LinkPropertyException(
        property,
        "is '%s', which cannot be used: %s".formatted(value, e.getMessage()),
        "correct the property",
        e);
  }

  /** The full name of the property. */
  public String property() {
    return property;
  }

  /** What to do. */
  public String action() {
    return action;
  }
}
