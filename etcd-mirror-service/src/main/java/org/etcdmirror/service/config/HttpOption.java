package org.etcdmirror.service.config;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Understands {@code HOST:PORT}, {@code [IPV6]:PORT} and {@code none}. */
final class HttpOption {

  private static final Pattern FORM =
      Pattern.compile("(?:\\[(?<v6>[0-9A-Fa-f:.%]+)]|(?<host>[^\\[\\]:/@\\s]+)):(?<port>\\d{1,5})");
  private static final int MAX_PORT = 65_535;

  private HttpOption() {}

  /** Where to listen; null for nowhere. */
  static @Nullable InetSocketAddress parse(Given given) {
    if (given.text().equals("none")) {
      return null;
    }
    Matcher form = FORM.matcher(given.text());
    if (!form.matches() || Integer.parseInt(form.group("port")) > MAX_PORT) {
      throw given.wrong("'" + given.text() + "' is neither HOST:PORT nor none");
    }
    String host = form.group("v6") != null ? form.group("v6") : form.group("host");
    return new InetSocketAddress(host, Integer.parseInt(form.group("port")));
  }
}
