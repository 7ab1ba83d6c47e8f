package org.etcdmirror.service.command;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.etcdmirror.api.internal.ShellWord;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.service.config.Given;
import org.etcdmirror.service.config.LinkOption;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.UsageException;
import org.etcdmirror.service.config.Values;
import org.etcdmirror.service.run.LinkFactory;

/** Makes the options of the way back after a cut-over: both sides swapped. */
final class ReverseLink {

  private static final String SOURCE = "source";
  private static final String SINK = "sink";
  private static final String BACK = "-back";

  private ReverseLink() {}

  /**
   * Makes the settings of the way back.
   *
   * @throws UsageException if there is none
   */
  static Settings of(Settings settings, MirrorScope scope) {
    Values values = settings.values();
    if (settings.indexFile() != null) {
      values.refuse(LinkOption.INDEX_STORE, "a cut-over needs the index in the sink");
    }
    try {
      scope.inverse();
    } catch (IllegalArgumentException e) {
      List<Given> excludes = values.all(LinkOption.EXCLUDE);
      throw (excludes.isEmpty() ? values.atLeastOne(LinkOption.EXCLUDE_PREFIX) : excludes)
          .get(0)
          .wrong(e);
    }
    Map<LinkOption, List<Given>> swapped = new EnumMap<>(LinkOption.class);
    values.map().forEach((option, given) -> swapped.put(swapped(option), values(option, given)));
    // These are prefixes of the old sink, and the way back writes to the other side.
    swapped.remove(LinkOption.FORMER_PREFIX);
    Settings reverse = Settings.of(new Values(swapped));
    if (reverse.checkpointKey() == null || LinkFactory.sinkKeepsItsIndex(reverse)) {
      return reverse;
    }
    // The other side cannot choose the key. It stores the index under the link or the prefix.
    swapped.remove(LinkOption.CHECKPOINT_KEY);
    return Settings.of(new Values(swapped));
  }

  private static LinkOption swapped(LinkOption option) {
    String key = option.key();
    String other =
        key.startsWith(SOURCE)
            ? SINK + key.substring(SOURCE.length())
            : key.startsWith(SINK) ? SOURCE + key.substring(SINK.length()) : key;
    return LinkOption.of(other).orElse(option);
  }

  private static List<Given> values(LinkOption option, List<Given> given) {
    return switch (option) {
      case PREFIX -> given.stream().map(ReverseLink::prefix).toList();
      case LINK -> given.stream().map(ReverseLink::link).toList();
      default -> given;
    };
  }

  private static Given prefix(Given given) {
    String[] sides = given.text().split("=", -1);
    return sides.length == 1 ? given : given.withText(sides[1] + "=" + sides[0]);
  }

  /** The way back has a name of its own, since both may store their index in one cluster. */
  private static Given link(Given given) {
    String name = given.text();
    boolean isBack = name.endsWith(BACK) && name.length() > BACK.length();
    return given.withText(isBack ? name.substring(0, name.length() - BACK.length()) : name + BACK);
  }

  /** Writes the command line that runs a link, for a shell. */
  static String command(Settings settings) {
    StringJoiner words = new StringJoiner(" ").add("etcd-mirror run");
    settings
        .values()
        .map()
        .forEach((option, given) -> given.forEach(value -> words.add(word(option, value))));
    return words.toString();
  }

  private static String word(LinkOption option, Given value) {
    return "--" + option.key() + (option.isFlag() ? "" : " " + ShellWord.of(value.text()));
  }
}
