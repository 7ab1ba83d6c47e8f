package org.etcdmirror.service.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.etcdmirror.service.log.OneLine;

/**
 * The values of the options of each link.
 *
 * @param hasFile whether there is a configuration file
 * @param isList whether the file lists the links; otherwise there is one
 * @param all the values of each link, at least one
 */
record LinkValues(boolean hasFile, boolean isList, List<Values> all) {

  /**
   * Merges options with the environment and the configuration file, over which they win. Where a
   * file lists links, {@code --link} chooses one of them.
   *
   * @throws UsageException if the environment or the file has an unknown option
   */
  static LinkValues merge(Map<LinkOption, List<Given>> options, Map<String, String> environment) {
    Map<LinkOption, List<Given>> given = Environment.read(environment);
    given.putAll(options);
    List<Given> config = given.remove(LinkOption.CONFIG);
    if (config == null) {
      return new LinkValues(false, false, List.of(new Values(given)));
    }
    ConfigOptions file = ConfigFile.read(path(config.get(0)));
    if (file.links() == null) {
      return new LinkValues(true, false, List.of(behind(file.common(), given)));
    }
    Map<String, Map<LinkOption, List<Given>>> links = file.inherited();
    List<Given> chosen = given.remove(LinkOption.LINK);
    if (chosen != null) {
      links.keySet().retainAll(List.of(known(chosen.get(0), links)));
    }
    return new LinkValues(
        true, true, links.values().stream().map(link -> behind(link, given)).toList());
  }

  private static Values behind(
      Map<LinkOption, List<Given>> file, Map<LinkOption, List<Given>> given) {
    Map<LinkOption, List<Given>> all = new EnumMap<>(LinkOption.class);
    all.putAll(file);
    all.putAll(given);
    return new Values(all);
  }

  private static String known(Given chosen, Map<String, ?> links) {
    if (!links.containsKey(chosen.text())) {
      throw chosen.wrong(
          "the configuration file has no link '%s'; it has %s"
              .formatted(chosen.text(), OneLine.of(String.join(", ", links.keySet()), " ")));
    }
    return chosen.text();
  }

  private static Path path(Given config) {
    try {
      return Path.of(config.text());
    } catch (InvalidPathException e) {
      throw config.wrong(e);
    }
  }

  /**
   * Returns the values of the only link.
   *
   * @throws UsageException if there are several
   */
  Values only() {
    if (all.size() > 1) {
      String names =
          all.stream()
              .map(one -> one.one(LinkOption.LINK).text())
              .collect(Collectors.joining(", "));
      throw new UsageException(
          "--link is required: the configuration file lists several links, and this command is for"
              + " one of "
              + OneLine.of(names, " "));
    }
    return all.get(0);
  }
}
