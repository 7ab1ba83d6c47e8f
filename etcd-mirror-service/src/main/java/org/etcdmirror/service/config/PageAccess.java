package org.etcdmirror.service.config;

import org.etcdmirror.api.internal.ShellWord;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the pages.
 *
 * @param token the token of those who may act; null if only this machine may
 */
public record PageAccess(@Nullable AdminToken token) {

  /** All may read, and this machine may act. */
  public static final PageAccess LOCAL = new PageAccess(null);

  static PageAccess of(Values values) {
    return new PageAccess(AdminToken.of(values.optional(LinkOption.ADMIN_TOKEN_FILE)));
  }

  /** Returns the command of a shell that posts to an address. The token is in no argument of it. */
  public String postCommand(String url) {
    String post = "curl -X POST " + ShellWord.of(url);
    return token == null
        ? post
        : "sed 's/^/Authorization: Bearer /;q' %s | %s -H @-"
            .formatted(ShellWord.of(token.file().toString()), post);
  }
}
