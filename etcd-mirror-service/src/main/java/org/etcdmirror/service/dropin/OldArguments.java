package org.etcdmirror.service.dropin;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.etcdmirror.service.config.Given;
import org.etcdmirror.service.config.LinkOption;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.UsageException;
import org.etcdmirror.service.config.Values;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of the old program, with its meaning of each.
 *
 * @param source the cluster to read from
 * @param target the cluster to write to
 * @param sourcePrefix the prefix to mirror
 * @param targetPrefix the prefix to write to; the index is named after it
 * @param strip whether the target prefix takes the place of the source prefix; otherwise it comes
 *     before it
 * @param ignored source keys to leave out, as a pattern of Python; null for none
 * @param port the port of the pages
 * @param strict whether to fail where history is lost, or the target has data and no index
 * @param reload whether to compare both sides at the start
 * @param ttl what to do with times to live; null for the default
 */
record OldArguments(
    OldAddress source,
    OldAddress target,
    String sourcePrefix,
    String targetPrefix,
    boolean strip,
    @Nullable String ignored,
    String port,
    boolean strict,
    boolean reload,
    @Nullable String ttl) {

  /** The variables of the old program's unit, which are no options of a link. */
  private static final Pattern OF_OLD_UNIT = Pattern.compile("ETCD_MIRROR_(SRC|DST)_[A-Z_]+");

  /**
   * The settings of the link. The environment may add what the old program does not know.
   *
   * @throws UsageException if an argument or a variable is wrong
   */
  Settings settings(Map<String, String> environment) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.keySet().removeIf(name -> OF_OLD_UNIT.matcher(name).matches());
    Settings settings = Settings.of(Values.merge(options(), variables));
    return settings.withAccess(
        source.access(settings.sourceAccess()), target.access(settings.sinkAccess()));
  }

  /** The same as options of a link. */
  private Map<LinkOption, List<Given>> options() {
    Map<LinkOption, List<Given>> options = new EnumMap<>(LinkOption.class);
    put(options, LinkOption.SOURCE, source.option(), "SRC");
    put(options, LinkOption.SINK, target.option(), "DST");
    String from = path("--src-prefix", sourcePrefix);
    String to = path("--dst-prefix", targetPrefix);
    put(
        options,
        LinkOption.PREFIX,
        orRoot(from) + "=" + orRoot(strip ? to : to + from),
        "--src-prefix and --dst-prefix");
    put(options, LinkOption.LINK, orRoot(to), "--dst-prefix");
    put(options, LinkOption.HTTP, "0.0.0.0:" + port, "--port");
    if (ignored != null) {
      put(options, LinkOption.EXCLUDE, PythonPattern.toJava(ignored), "--src-ignore-keys-regex");
    }
    if (ttl != null) {
      put(options, LinkOption.TTL, ttl, "--ttl");
    }
    if (strict) {
      put(options, LinkOption.RECOVERY, "fail", "--strict");
    }
    if (!reload) {
      // Where SRC and DST are swapped, the live keys are in DST, and it has no index.
      put(options, LinkOption.REQUIRE_EMPTY, "true", "a start without --reload");
    }
    return options;
  }

  private static void put(
      Map<LinkOption, List<Given>> options, LinkOption option, String text, String place) {
    options.put(option, List.of(new Given(option.key(), text, place)));
  }

  /** A path without slashes at its end; empty for the root. */
  private static String path(String option, String prefix) {
    if (!prefix.startsWith("/") || prefix.contains("=")) {
      throw new UsageException(
          "%s: '%s' must begin with a slash and have no '='".formatted(option, prefix));
    }
    return prefix.replaceFirst("/+$", "");
  }

  private static String orRoot(String path) {
    return path.isEmpty() ? "/" : path;
  }
}
