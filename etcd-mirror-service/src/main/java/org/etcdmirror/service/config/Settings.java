package org.etcdmirror.service.config;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;

/**
 * The options of a link as values, as far as they can be read without a source and a sink.
 *
 * @param values the options as they were written
 * @param source the address to read from
 * @param sink the address to write to
 * @param sourceAccess the access to the source
 * @param sinkAccess the access to the sink
 * @param providers the makers of sources and sinks
 * @param prefixes what to mirror, at least one
 * @param excludes what to leave out
 * @param excludePrefixes prefixes to leave out
 * @param policies how the mirror behaves
 * @param catchUpWatches the most watches of the source that read a backlog side by side
 * @param indexFile the file that stores the index; null for the sink
 * @param checkpointKey the key in the sink that stores the index; null for the sink's default
 * @param link the name of the link; null if none was given
 * @param http where to serve the pages; null for nowhere
 * @param httpHosts further host names that requests may use
 * @param pageAccess who may use the pages
 */
public record Settings(
    Values values,
    Given source,
    Given sink,
    Access sourceAccess,
    Access sinkAccess,
    Providers providers,
    List<Given> prefixes,
    List<Pattern> excludes,
    List<String> excludePrefixes,
    Policies policies,
    int catchUpWatches,
    @Nullable Path indexFile,
    @Nullable Given checkpointKey,
    @Nullable Given link,
    @Nullable InetSocketAddress http,
    List<String> httpHosts,
    PageAccess pageAccess) {

  private static final String FILE = "file:";
  private static final Pattern HOST_AND_PORT =
      Pattern.compile("(?:\\[(?<v6>[0-9A-Fa-f:.%]+)]|(?<host>[^\\[\\]:/@\\s]+)):(?<port>\\d{1,5})");
  private static final int MAX_PORT = 65_535;

  /**
   * Reads all options.
   *
   * @throws UsageException if one is wrong or a required one is missing
   */
  public static Settings of(Values values) {
    Path indexFile = indexFile(values.one(LinkOption.INDEX_STORE));
    Given checkpointKey = checkpointKey(values.optional(LinkOption.CHECKPOINT_KEY), indexFile);
    return new Settings(
        values,
        values.one(LinkOption.SOURCE),
        values.one(LinkOption.SINK),
        AccessOption.parse("source", values),
        AccessOption.parse("sink", values),
        Providers.of(values.optional(LinkOption.PLUGINS)),
        values.atLeastOne(LinkOption.PREFIX),
        values.all(LinkOption.EXCLUDE).stream().map(Settings::pattern).toList(),
        values.all(LinkOption.EXCLUDE_PREFIX).stream().map(Settings::prefix).toList(),
        Policies.of(values),
        catchUpWatches(values.one(LinkOption.CATCH_UP_WATCHES)),
        indexFile,
        checkpointKey,
        link(values.optional(LinkOption.LINK)),
        http(values.one(LinkOption.HTTP)),
        values.all(LinkOption.HTTP_HOST).stream().map(Given::text).toList(),
        PageAccess.of(values));
  }

  /** Whether reports and the audit have the values of keys. */
  public boolean showsValues() {
    return values.optional(LinkOption.SHOW_VALUES) != null;
  }

  /** Returns the same with other policies. */
  public Settings withPolicies(Policies others) {
    return with(sourceAccess, sinkAccess, others);
  }

  /** Returns the same with other access to both sides. */
  public Settings withAccess(Access toSource, Access toSink) {
    return with(toSource, toSink, policies);
  }

  private Settings with(Access toSource, Access toSink, Policies others) {
    return new Settings(
        values,
        source,
        sink,
        toSource,
        toSink,
        providers,
        prefixes,
        excludes,
        excludePrefixes,
        others,
        catchUpWatches,
        indexFile,
        checkpointKey,
        link,
        http,
        httpHosts,
        pageAccess);
  }

  private static Pattern pattern(Given given) {
    try {
      return Pattern.compile(given.text());
    } catch (PatternSyntaxException e) {
      throw given.wrong(
          "'%s' is not a regular expression: %s".formatted(given.text(), e.getDescription()), e);
    }
  }

  private static String prefix(Given given) {
    if (given.text().isEmpty()) {
      throw given.wrong("a prefix to leave out must not be empty");
    }
    return given.text();
  }

  private static int catchUpWatches(Given given) {
    return (int) Math.min(Integer.MAX_VALUE, AmountOption.count(given, 1));
  }

  private static @Nullable Path indexFile(Given given) {
    if (given.text().equals("target")) {
      return null;
    }
    if (!given.text().startsWith(FILE) || given.text().equals(FILE)) {
      throw given.wrong("'" + given.text() + "' is neither target nor file:PATH");
    }
    try {
      Path file = Path.of(given.text().substring(FILE.length()));
      Path directory = file.toAbsolutePath().getParent();
      if (Files.isDirectory(file)) {
        throw given.wrong("'" + file + "' is a directory");
      }
      if (directory == null || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
        throw given.wrong("the directory of '" + file + "' does not exist or cannot be written to");
      }
      return file;
    } catch (InvalidPathException e) {
      throw given.wrong(e);
    }
  }

  private static @Nullable Given checkpointKey(@Nullable Given given, @Nullable Path indexFile) {
    if (given != null && given.text().isEmpty()) {
      throw given.wrong("a key must not be empty");
    }
    if (given != null && indexFile != null) {
      throw given.wrong("it has no effect with --index-store file:PATH");
    }
    return given;
  }

  private static @Nullable Given link(@Nullable Given given) {
    if (given != null) {
      refuseBadName(given);
    }
    return given;
  }

  static void refuseBadName(Given link) {
    if (link.text().isBlank() || link.text().chars().anyMatch(Character::isISOControl)) {
      throw link.wrong("a name must not be empty and must not have control characters");
    }
  }

  /** Reads {@code HOST:PORT}, {@code [IPV6]:PORT} and {@code none}, which is null. */
  private static @Nullable InetSocketAddress http(Given given) {
    if (given.text().equals("none")) {
      return null;
    }
    Matcher form = HOST_AND_PORT.matcher(given.text());
    if (!form.matches() || Integer.parseInt(form.group("port")) > MAX_PORT) {
      throw given.wrong("'" + given.text() + "' is neither HOST:PORT nor none");
    }
    String host = form.group("v6") != null ? form.group("v6") : form.group("host");
    return new InetSocketAddress(host, Integer.parseInt(form.group("port")));
  }
}
