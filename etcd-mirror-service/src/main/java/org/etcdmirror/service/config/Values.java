package org.etcdmirror.service.config;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The values of each option, from the command line, the environment and the configuration file.
 *
 * @param map the values; an option without one is absent
 */
public record Values(Map<LinkOption, List<Given>> map) {

  /**
   * Merges the three places: the command line wins over the environment, and that over the file.
   *
   * @throws UsageException if the environment or the file has an unknown option, or the file lists
   *     several links and none is chosen
   */
  public static Values read(ParseResult commandLine, Map<String, String> environment) {
    return merge(onCommandLine(commandLine), environment);
  }

  /**
   * Merges options with the environment and the configuration file, over which they win.
   *
   * @throws UsageException if the environment or the file has an unknown option, or the file lists
   *     several links and none is chosen
   */
  public static Values merge(
      Map<LinkOption, List<Given>> options, Map<String, String> environment) {
    return LinkValues.merge(options, environment).only();
  }

  static Map<LinkOption, List<Given>> onCommandLine(ParseResult commandLine) {
    Map<LinkOption, List<Given>> values = new EnumMap<>(LinkOption.class);
    for (LinkOption option : LinkOption.values()) {
      OptionSpec matched = commandLine.matchedOption("--" + option.key());
      if (matched == null) {
        continue;
      }
      List<String> texts =
          option.isFlag()
              ? List.of(String.valueOf(matched.<Object>getValue()))
              : matched.stringValues();
      if (!option.isFlag() || texts.contains("true")) {
        values.put(
            option, texts.stream().map(text -> Given.onCommandLine(option.key(), text)).toList());
      }
    }
    return values;
  }

  /** Returns whether the options of the link have the same values, wherever they stand. */
  public boolean isSameLink(Values other) {
    return Arrays.stream(LinkOption.values())
        .allMatch(option -> option.isOfProcess() || texts(option).equals(other.texts(option)));
  }

  List<String> texts(LinkOption option) {
    return all(option).stream().map(Given::text).toList();
  }

  public List<Given> all(LinkOption option) {
    return map.getOrDefault(option, List.of());
  }

  @Nullable Given optional(LinkOption option) {
    List<Given> given = all(option);
    return given.isEmpty() ? null : given.get(0);
  }

  /** Returns the value, or the option's default. */
  public Given one(LinkOption option) {
    String preset = option.preset();
    return preset != null && all(option).isEmpty()
        ? Given.onCommandLine(option.key(), preset)
        : atLeastOne(option).get(0);
  }

  public List<Given> atLeastOne(LinkOption option) {
    List<Given> given = all(option);
    if (given.isEmpty()) {
      throw new UsageException("--" + option.key() + " is required");
    }
    return given;
  }

  /** Refuses an option that has no effect without another one. */
  public void refuse(LinkOption option, String why) {
    Given given = optional(option);
    if (given != null) {
      throw given.wrong(why);
    }
  }
}
