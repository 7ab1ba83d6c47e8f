package org.etcdmirror.api.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.jspecify.annotations.Nullable;

/**
 * A domain whose SRV records name the servers of a cluster, as etcd's clients read them: those of
 * {@code _etcd-client-ssl._tcp} with TLS, then those of {@code _etcd-client._tcp} without.
 *
 * @param server the DNS server to ask, {@code HOST} or {@code HOST:PORT}; null for the system's
 * @param domain the domain
 * @param service what is appended to the names of the services; null for nothing
 */
public record SrvName(@Nullable String server, String domain, @Nullable String service) {

  /** What stands before the name where an endpoint may stand. */
  private static final String PREFIX = "srv:";

  private static final Pattern FORM =
      Pattern.compile(
          "(?://(?<server>[A-Za-z0-9._-]+(?::\\d{1,5})?|\\[[0-9A-Fa-f:]+](?::\\d{1,5})?)/)?"
              + "(?<domain>[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*)\\.?(?:/(?<service>[A-Za-z0-9-]+))?");

  private static final String FIRST_WAIT_MILLIS = "1000";
  private static final String RETRIES = "2";

  /**
   * Reads {@code srv:[//SERVER/]DOMAIN[/SERVICE]}, if it is the only endpoint.
   *
   * @return empty if the endpoints are servers
   * @throws IllegalArgumentException if it is not of that form, or stands among servers
   */
  public static Optional<SrvName> of(List<String> endpoints) {
    if (endpoints.stream().noneMatch(endpoint -> endpoint.startsWith(PREFIX))) {
      return Optional.empty();
    }
    String text = endpoints.get(0).substring(Math.min(PREFIX.length(), endpoints.get(0).length()));
    Matcher form = FORM.matcher(text);
    if (endpoints.size() > 1 || !form.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not one domain; write DOMAIN, DOMAIN/SERVICE or //DNS-SERVER:PORT/DOMAIN"
              .formatted(String.join(",", endpoints).replace(PREFIX, "")));
    }
    return Optional.of(
        new SrvName(form.group("server"), form.group("domain"), form.group("service")));
  }

  /** The text of an endpoint that {@link #of} reads. */
  public static String endpoint(String text) {
    return PREFIX + text;
  }

  /**
   * Asks DNS for the servers: those with TLS first, in the order in which a client tries them.
   * Those without TLS are asked for only if DNS answered for those with it, so that no lost answer
   * leads a client of servers with TLS to servers without.
   *
   * @throws IOException if nothing is found; it names the questions
   */
  List<String> lookUp() throws IOException {
    List<String> found = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    if (isAnswered("etcd-client-ssl", "https", found, failures)) {
      isAnswered("etcd-client", "http", found, failures);
    }
    if (found.isEmpty()) {
      throw new IOException(
          "DNS names no server of %s: %s".formatted(domain, String.join("; ", failures)));
    }
    return found;
  }

  private boolean isAnswered(
      String kind, String scheme, List<String> found, List<String> failures) {
    String name = "_%s%s._tcp.%s".formatted(kind, service == null ? "" : "-" + service, domain);
    try {
      List<String> texts = ask(name);
      if (texts.isEmpty()) {
        failures.add(name + " has no SRV record");
      }
      for (SrvRecord one : SrvRecord.ordered(records(name, texts, failures))) {
        found.add("%s://%s:%d".formatted(scheme, one.target(), one.port()));
      }
      return true;
    } catch (NameNotFoundException e) {
      failures.add(name + " does not exist");
      return true;
    } catch (NamingException e) {
      failures.add(name + ": " + DisplayText.of(e.getMessage()));
      return false;
    }
  }

  /** A record that names no server does not hide the others. */
  private static List<SrvRecord> records(String name, List<String> texts, List<String> failures) {
    List<SrvRecord> records = new ArrayList<>();
    for (String text : texts) {
      try {
        records.add(SrvRecord.parse(text));
      } catch (IllegalArgumentException e) {
        failures.add(name + ": " + e.getMessage());
      }
    }
    return records;
  }

  /** Uses the JDK's context for DNS, which gives the records as texts and makes no objects. */
  @SuppressWarnings({"BanJNDI", "JdkObsolete"}) // Nothing is deserialized; JNDI takes no other map.
  private List<String> ask(String name) throws NamingException {
    Hashtable<String, String> settings = new Hashtable<>();
    settings.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
    settings.put("java.naming.provider.url", server == null ? "dns:" : "dns://" + server);
    settings.put("com.sun.jndi.dns.timeout.initial", FIRST_WAIT_MILLIS);
    settings.put("com.sun.jndi.dns.timeout.retries", RETRIES);
    InitialDirContext dns = new InitialDirContext(settings);
    try {
      Attribute records = dns.getAttributes(name + ".", new String[] {"SRV"}).get("SRV");
      List<String> texts = new ArrayList<>();
      if (records != null) {
        NamingEnumeration<?> all = records.getAll();
        while (all.hasMore()) {
          texts.add(String.valueOf(all.next()));
        }
      }
      return texts;
    } finally {
      dns.close();
    }
  }

  /** As a person writes it, without the scheme. */
  @Override
  public String toString() {
    return (server == null ? "" : "//" + server + "/")
        + domain
        + (service == null ? "" : "/" + service);
  }
}
