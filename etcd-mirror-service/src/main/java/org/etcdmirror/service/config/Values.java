package org.etcdmirror.service.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was given for each option, on the command line and in the configuration file.
 *
 * @param map the values by the long name of their option; what was not given is not there
 */
public record Values(Map<String, List<Given>> map) {

  public List<Given> all(String option) {
    return map.getOrDefault(option, List.of());
  }

  @Nullable Given optional(String option) {
    List<Given> given = all(option);
    return given.isEmpty() ? null : given.get(0);
  }

  Given orElse(String option, String text) {
    Given given = optional(option);
    return given == null ? new Given(option, text, null) : given;
  }

  public Given required(String option) {
    return atLeastOne(option).get(0);
  }

  public List<Given> atLeastOne(String option) {
    List<Given> given = all(option);
    if (given.isEmpty()) {
      throw new UsageException("--" + option + " is required");
    }
    return given;
  }

  /** Refuses an option that means nothing without another one. */
  public void refuse(String option, String why) {
    Given given = optional(option);
    if (given != null) {
      throw given.wrong(why);
    }
  }
}
