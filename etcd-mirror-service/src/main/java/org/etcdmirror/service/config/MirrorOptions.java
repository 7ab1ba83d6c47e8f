package org.etcdmirror.service.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command, as they stand on the command line. */
public final class MirrorOptions {

  @Option(
      names = "--source",
      paramLabel = "ADDRESS",
      description =
          "Required. Where to read from: v2: or v3: and the servers of one cluster, "
              + "http://HOST:PORT or https://HOST:PORT, separated by commas.")
  private @Nullable String source;

  @Option(
      names = "--sink",
      paramLabel = "ADDRESS",
      description = "Required. Where to write to, in the same form.")
  private @Nullable String sink;

  @Mixin private AccessOptions access = new AccessOptions();

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX[=TARGET]",
      description =
          "Required. What to mirror, and its name in the sink if that differs. May be repeated.")
  private @Nullable List<String> prefixes;

  @Option(
      names = "--exclude",
      paramLabel = "REGEX",
      description = "Leaves out each source key that it matches as a whole. May be repeated.")
  private @Nullable List<String> excludes;

  @Option(
      names = "--exclude-prefix",
      paramLabel = "PREFIX",
      description =
          "Leaves out everything under this prefix, by its name in the source. May be repeated.")
  private @Nullable List<String> excludePrefixes;

  @Mixin private BehaviourOptions behaviour = new BehaviourOptions();

  @Option(
      names = "--index-store",
      paramLabel = "STORE",
      description =
          "Where the index is kept: target (default: in the sink), or file:PATH where a plug-in's sink has an identity.")
  private @Nullable String indexStore;

  @Option(
      names = "--checkpoint-key",
      paramLabel = "KEY",
      description =
          "The key in a v3 sink that keeps the index. By default it is made from the prefix or "
              + "the link.")
  private @Nullable String checkpointKey;

  @Option(
      names = "--link",
      paramLabel = "NAME",
      description =
          "The name of this link in logs and metrics, and of the index that is kept in the sink. "
              + "By default the prefixes; required to keep the index of several in the sink.")
  private @Nullable String link;

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      description =
          "Where 'run' and 'cutover' serve /healthz, /readyz, /status, /lag and /metrics and take "
              + "POSTs: 127.0.0.1:8000 by default, port 0 for any free one, none for nothing.")
  private @Nullable String http;

  @Option(
      names = "--http-host",
      paramLabel = "NAME",
      description =
          "A further host name under which the pages may be asked for. Addresses, localhost, the "
              + "machine's name and that of --http always may. May be repeated.")
  private @Nullable List<String> httpHosts;

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "A directory of jars with further kinds of sources and sinks.")
  private @Nullable String plugins;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A YAML file with the same names as keys. The command line wins over it.")
  private @Nullable Path config;

  /** The options and the configuration file as one. */
  public Settings settings() {
    Map<String, List<Given>> values = new LinkedHashMap<>();
    if (config != null) {
      values.putAll(ConfigFile.read(config));
    }
    put(values, "source", source);
    put(values, "sink", sink);
    access.putInto(values);
    putAll(values, "prefix", prefixes);
    putAll(values, "exclude", excludes);
    putAll(values, "exclude-prefix", excludePrefixes);
    behaviour.putInto(values);
    put(values, "index-store", indexStore);
    put(values, "checkpoint-key", checkpointKey);
    put(values, "link", link);
    put(values, "http", http);
    putAll(values, "http-host", httpHosts);
    put(values, "plugins", plugins);
    return Settings.of(new Values(values));
  }

  static void put(Map<String, List<Given>> values, String option, @Nullable String text) {
    if (text != null) {
      values.put(option, List.of(new Given(option, text, null)));
    }
  }

  static void putAll(Map<String, List<Given>> values, String option, @Nullable List<String> texts) {
    if (texts != null) {
      values.put(option, texts.stream().map(text -> new Given(option, text, null)).toList());
    }
  }
}
