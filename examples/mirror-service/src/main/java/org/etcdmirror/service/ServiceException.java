package org.etcdmirror.service;

/** The program cannot do its work here; the message is one line for a person. */
final class ServiceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ServiceException(String message) {
    super(message);
  }

  ServiceException(String message, Throwable cause) {
    super(message, cause);
  }
}
