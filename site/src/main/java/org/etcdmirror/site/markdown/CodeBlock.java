package org.etcdmirror.site.markdown;

/**
 * Code on a page.
 *
 * @param page the path of the page from the root of the repository, with slashes
 * @param number counts the code of the page from 1
 * @param language what the fence names, such as {@code java}; empty if it names none, or if the
 *     code is only indented
 * @param code the lines, each with its end
 */
public record CodeBlock(String page, int number, String language, String code) {

  /** Where it is, for a message. */
  public String where() {
    return "%s, code %d".formatted(page, number);
  }
}
