package org.etcdmirror.service.config;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options in a configuration file.
 *
 * @param common those that stand beside the list of links, or all if there is no list
 * @param links those of each link by its name, in their order; null if there is no list
 */
record ConfigOptions(
    Map<LinkOption, List<Given>> common,
    @Nullable Map<String, Map<LinkOption, List<Given>>> links) {

  /** Returns the options of each link by its name, with what it inherits. */
  Map<String, Map<LinkOption, List<Given>>> inherited() {
    Map<String, Map<LinkOption, List<Given>>> all = new LinkedHashMap<>();
    if (links != null) {
      links.forEach((name, own) -> {
        Map<LinkOption, List<Given>> options = new EnumMap<>(LinkOption.class);
        options.putAll(common);
        options.putAll(own);
        all.put(name, options);
      });
    }
    return all;
  }
}
