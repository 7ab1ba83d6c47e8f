package org.etcdmirror.service.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the list of links in a configuration file: a name and the options of each. */
final class LinkMappings {

  static final String KEY = "links";

  private static final String NAME = "name";

  /** How the place of a name in a list ends. */
  private static final String OF_NAME = ": " + NAME;

  private LinkMappings() {}

  /**
   * Reads the options of each link by its name, in their order.
   *
   * @param file the file, as an error names it
   * @throws UsageException if a link is no mapping, or its name is missing or not its own
   */
  static Map<String, Map<LinkOption, List<Given>>> read(String file, JsonNode list) {
    if (!list.isArray() || list.isEmpty()) {
      throw new UsageException(
          "%s: %s: it must be a list with a mapping for each link, but it is %s"
              .formatted(file, KEY, OptionMapping.shown(list)));
    }
    Map<String, Map<LinkOption, List<Given>>> links = new LinkedHashMap<>();
    for (JsonNode link : list) {
      String name = name("%s: link %d".formatted(file, links.size() + 1), link);
      String place = "%s: link '%s'".formatted(file, name);
      Map<LinkOption, List<Given>> options = options(place, link);
      options.put(
          LinkOption.LINK, List.of(new Given(LinkOption.LINK.key(), name, place + OF_NAME)));
      if (links.put(name, options) != null) {
        throw new UsageException(place + ": two links have this name; each needs one of its own");
      }
    }
    return links;
  }

  private static String name(String place, JsonNode link) {
    if (!link.isObject()) {
      throw new UsageException(
          "%s: it must be a mapping of option names to values, but it is %s"
              .formatted(place, OptionMapping.shown(link)));
    }
    JsonNode name = link.get(NAME);
    if (name == null) {
      throw new UsageException(place + ": it has no " + NAME + "; each link needs one of its own");
    }
    Given given = new Given(LinkOption.LINK.key(), name.asText(), place + OF_NAME);
    if (!name.isTextual()) {
      throw given.wrong("it must be text, but it is " + OptionMapping.shown(name));
    }
    Settings.refuseBadName(given);
    return given.text();
  }

  private static Map<LinkOption, List<Given>> options(String place, JsonNode link) {
    link.properties().forEach(entry -> refuseOfProcess(place, entry.getKey()));
    return OptionMapping.read(
        place, link, NAME, option -> !option.isOfProcess() && option != LinkOption.LINK);
  }

  private static void refuseOfProcess(String place, String key) {
    if (LinkOption.of(key).filter(LinkOption::isOfProcess).isPresent()) {
      throw new UsageException(
          "%s: %s: all links of a process share it; write it beside '%s'"
              .formatted(place, key, KEY));
    }
  }

  /**
   * Returns an error that names the link as well, if it is in a list.
   *
   * @param name the name of the link; null if it has none
   */
  static UsageException inLink(@Nullable Given name, UsageException error) {
    String place = name == null ? "" : name.place();
    String message = String.valueOf(error.getMessage());
    if (!place.endsWith(OF_NAME) || message.startsWith("--" + LinkOption.CONFIG.key() + " ")) {
      return error;
    }
    String link = place.substring(0, place.length() - OF_NAME.length());
    return new UsageException(link + ": " + message, error);
  }
}
