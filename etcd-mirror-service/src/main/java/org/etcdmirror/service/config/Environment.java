package org.etcdmirror.service.config;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Options in environment variables: {@code ETCD_MIRROR_VERIFY_EVERY} is {@code --verify-every}. A
 * variable holds one value.
 */
final class Environment {

  static final String PREFIX = "ETCD_MIRROR_";

  /** Kubernetes sets such variables for a service of the name etcd-mirror. */
  private static final Pattern OF_KUBERNETES =
      Pattern.compile("(.*_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_.*)?)");

  private Environment() {}

  /**
   * Reads the options in these variables.
   *
   * @throws UsageException if a variable has the prefix and is no option
   */
  static Map<LinkOption, List<Given>> read(Map<String, String> variables) {
    Map<LinkOption, List<Given>> values = new EnumMap<>(LinkOption.class);
    variables.forEach((name, value) -> {
      if (name.startsWith(PREFIX)
          && !OF_KUBERNETES.matcher(name.substring(PREFIX.length())).matches()) {
        put(values, name, value);
      }
    });
    return values;
  }

  private static void put(Map<LinkOption, List<Given>> values, String name, String value) {
    LinkOption option =
        Arrays.stream(LinkOption.values())
            .filter(known -> known.variable().equals(name))
            .findFirst()
            .orElseThrow(() -> new UsageException(unknown(name)));
    Given given = new Given(option.key(), value, name);
    if (!option.isFlag() || value.equals("true")) {
      values.put(option, List.of(given));
    } else if (value.equals("false")) {
      // It wins over the file.
      values.put(option, List.of());
    } else {
      throw given.wrong("it must be true or false, but it is '" + value + "'");
    }
  }

  private static String unknown(String name) {
    return "unknown environment variable %s; known are %s"
        .formatted(
            name,
            Arrays.stream(LinkOption.values())
                .map(LinkOption::variable)
                .sorted()
                .collect(Collectors.joining(", ")));
  }
}
