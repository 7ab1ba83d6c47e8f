package org.etcdmirror.service.dropin;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.service.config.UsageException;
import org.jspecify.annotations.Nullable;

/**
 * A cluster as the old program names it: {@code http://HOST:PORT}, with {@code USER:PASSWORD@}
 * before the host where it needs a user. Further servers of the cluster may follow behind commas.
 *
 * @param urls the servers, without the user
 * @param user the user; null for none
 * @param password the password; null for none
 */
record OldAddress(List<String> urls, @Nullable String user, @Nullable String password) {

  /** The old program ignores a path. */
  private static final Pattern FORM =
      Pattern.compile(
          "(?<scheme>https?)://(?:(?<user>[^:@/]+):(?<password>[^@/]+)@)?(?<host>[^@/,]+:\\d{1,5})"
              + "(?:/[^@]*)?");

  /**
   * Reads an address.
   *
   * @param place what an error names
   * @throws UsageException if it has another form; the password is not shown
   */
  static OldAddress parse(String place, String text) {
    List<String> urls = new ArrayList<>();
    String user = null;
    String password = null;
    for (String part : text.split(",(?=https?://)", -1)) {
      Matcher form = FORM.matcher(part);
      if (!form.matches() || (form.group("user") != null && !urls.isEmpty())) {
        throw new UsageException(
            "%s: %s is not http://HOST:PORT or https://HOST:PORT; the port is required, and a user is written USER:PASSWORD@ before the first host"
                .formatted(place, text.contains("@") ? "the address" : "'" + text + "'"));
      }
      urls.add(form.group("scheme") + "://" + form.group("host"));
      if (form.group("user") != null) {
        user = form.group("user");
        password = form.group("password");
      }
    }
    return new OldAddress(urls, user, password);
  }

  /** The address as an option of a link. */
  String option() {
    return "v2:" + String.join(",", urls);
  }

  /** The address as the old program's metrics name it. */
  String label() {
    return urls.get(0);
  }

  /** The access, with the user of this address if it has one. */
  Access access(Access others) {
    String name = user;
    String secret = password;
    return name == null || secret == null
        ? others
        : new Access(name, null, others.caCert(), others.cert(), others.key(), () -> secret);
  }
}
