package org.etcdmirror.service.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The host names that requests may use. A foreign web page can point a name of its own at this
 * address (DNS rebinding) and then read the pages in an operator's browser; the request has that
 * name as its {@code Host}. An address is never such a name.
 */
final class HostNames {

  private static final int LONGEST = 300;
  private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[^]]*]");
  private static final Pattern PORT = Pattern.compile(":\\d*$");

  private final Set<String> names = new TreeSet<>();
  private final String own;
  private final Supplier<String> fullName;

  /** The machine's name with its domain; null until a request may have used it. */
  private @Nullable String full;

  /**
   * @param bound the address of the pages; its name is allowed
   * @param others more names, as given by {@code --http-host}
   */
  HostNames(InetSocketAddress bound, Collection<String> others) {
    this(bound, others, ownName(), HostNames::fullName);
  }

  HostNames(
      InetSocketAddress bound, Collection<String> others, String own, Supplier<String> fullName) {
    this.own = plain(own);
    this.fullName = fullName;
    add("localhost");
    add(bound.getHostString());
    add(own);
    others.forEach(this::add);
  }

  private void add(String name) {
    if (!name.isEmpty()) {
      names.add(plain(name));
    }
  }

  private static String ownName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "";
    }
  }

  /**
   * Returns whether to answer a request with this header. HTTP/1.0 has none, and no browser uses
   * it.
   */
  boolean accept(@Nullable String host) {
    if (host == null) {
      return true;
    }
    if (host.length() > LONGEST) {
      return false;
    }
    String name = plain(PORT.matcher(host.strip()).replaceFirst(""));
    return ADDRESS.matcher(name).matches() || names.contains(name) || isFullName(name);
  }

  /** The domain is asked for only when it matters, because a name server may be slow. */
  private synchronized boolean isFullName(String name) {
    if (own.isEmpty() || !name.startsWith(own + ".")) {
      return false;
    }
    if (full == null) {
      full = plain(fullName.get());
    }
    return name.equals(full);
  }

  private static String fullName() {
    try {
      return InetAddress.getLocalHost().getCanonicalHostName();
    } catch (UnknownHostException nameless) {
      return "";
    }
  }

  private static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  @Override
  public String toString() {
    return String.join(", ", names);
  }
}
