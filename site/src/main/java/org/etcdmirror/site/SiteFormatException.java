package org.etcdmirror.site;

import java.util.List;

/** The pages cannot become a site as they are; the message has one line for each reason. */
public final class SiteFormatException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SiteFormatException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
  }
}
