package org.etcdmirror.service.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that say who the mirror is on each side. */
final class AccessOptions {

  @Option(
      names = "--source-user",
      paramLabel = "NAME",
      description = "Whom to log in as at the source. Needs --source-password-file.")
  private @Nullable String sourceUser;

  @Option(
      names = "--source-password-file",
      paramLabel = "FILE",
      description = "The password is the file's first line. There is no option for it itself.")
  private @Nullable String sourcePasswordFile;

  @Option(
      names = "--source-cacert",
      paramLabel = "FILE",
      description = "Which servers to believe, in PEM. By default those that the JDK does.")
  private @Nullable String sourceCacert;

  @Option(
      names = "--source-cert",
      paramLabel = "FILE",
      description = "The certificate to show to the source, in PEM. Needs --source-key.")
  private @Nullable String sourceCert;

  @Option(
      names = "--source-key",
      paramLabel = "FILE",
      description = "Its private key, in PEM and not encrypted.")
  private @Nullable String sourceKey;

  @Option(names = "--sink-user", paramLabel = "NAME", description = "The same for the sink.")
  private @Nullable String sinkUser;

  @Option(
      names = "--sink-password-file",
      paramLabel = "FILE",
      description = "The same for the sink.")
  private @Nullable String sinkPasswordFile;

  @Option(names = "--sink-cacert", paramLabel = "FILE", description = "The same for the sink.")
  private @Nullable String sinkCacert;

  @Option(names = "--sink-cert", paramLabel = "FILE", description = "The same for the sink.")
  private @Nullable String sinkCert;

  @Option(names = "--sink-key", paramLabel = "FILE", description = "The same for the sink.")
  private @Nullable String sinkKey;

  void putInto(Map<String, List<Given>> values) {
    MirrorOptions.put(values, "source-user", sourceUser);
    MirrorOptions.put(values, "source-password-file", sourcePasswordFile);
    MirrorOptions.put(values, "source-cacert", sourceCacert);
    MirrorOptions.put(values, "source-cert", sourceCert);
    MirrorOptions.put(values, "source-key", sourceKey);
    MirrorOptions.put(values, "sink-user", sinkUser);
    MirrorOptions.put(values, "sink-password-file", sinkPasswordFile);
    MirrorOptions.put(values, "sink-cacert", sinkCacert);
    MirrorOptions.put(values, "sink-cert", sinkCert);
    MirrorOptions.put(values, "sink-key", sinkKey);
  }
}
