package org.etcdmirror.service.config;

import static org.etcdmirror.service.config.CommandKind.COPY;
import static org.etcdmirror.service.config.CommandKind.FOLLOW;
import static org.etcdmirror.service.config.CommandKind.PLAN;
import static org.etcdmirror.service.config.CommandKind.RUN;
import static org.etcdmirror.service.config.CommandKind.SET_INDEX;
import static org.etcdmirror.service.config.CommandKind.SHOW_INDEX;
import static org.etcdmirror.service.config.CommandKind.VERIFY;
import static org.etcdmirror.service.config.LinkOption.Kind.FLAG;
import static org.etcdmirror.service.config.LinkOption.Kind.LIST;
import static org.etcdmirror.service.config.LinkOption.Kind.NUMBER;
import static org.etcdmirror.service.config.LinkOption.Kind.TEXT;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options of a link, each declared once: the command line, the environment and the
 * configuration file are read by these declarations. A command refuses an option that it does not
 * use. It ignores such an option in a file or an environment, which may serve several commands.
 */
public enum LinkOption {
  SOURCE(
      "ADDRESS",
      "Required. The cluster to read from: v2: or v3:, then its servers as http://HOST:PORT or "
          + "https://HOST:PORT, separated by commas; or v2+srv:DOMAIN or v3+srv:DOMAIN for those that "
          + "DNS names."),
  SOURCE_USER("NAME", "The user to log in as at the source. Needs --source-password-file."),
  SOURCE_PASSWORD_FILE(
      "FILE", "The file whose first line is the password. No option takes the password itself."),
  SOURCE_CACERT("FILE", "The certificate authorities to trust, in PEM. Default: those of the JDK."),
  SOURCE_CERT("FILE", "The client certificate to show to the source, in PEM. Needs --source-key."),
  SOURCE_KEY("FILE", "The private key of --source-cert, in PEM and not encrypted."),
  SINK("ADDRESS", "Required. The cluster to write to, in the form of --source."),
  SINK_USER("NAME", "As --source-user, for the sink."),
  SINK_PASSWORD_FILE("FILE", "As --source-password-file, for the sink."),
  SINK_CACERT("FILE", "As --source-cacert, for the sink."),
  SINK_CERT("FILE", "As --source-cert, for the sink."),
  SINK_KEY("FILE", "As --source-key, for the sink."),
  PREFIX(
      LIST,
      SET_INDEX,
      "PREFIX[=TARGET]",
      null,
      "Required. The prefix to mirror, and its name in the sink if that differs."),
  EXCLUDE(
      LIST, SHOW_INDEX, "REGEX", null, "Leaves out each source key that it matches as a whole."),
  EXCLUDE_PREFIX(LIST, SHOW_INDEX, "PREFIX", null, "Leaves out all source keys under this prefix."),
  RECOVERY(
      TEXT,
      COPY,
      "POLICY",
      "resync",
      "What to do when history is lost: resync, resync:N (fail at more than N events), fail or "
          + "skip-gap."),
  MAX_DELETES(
      NUMBER,
      PLAN,
      "N|P%",
      null,
      "How much a resync may delete: a number of keys, or a share of the sink such as 25%. "
          + "Default: up to 100 keys or 10%, whichever is more; none for an empty source or in a "
          + "first copy."),
  MAX_WRITES_PER_SECOND(
      NUMBER,
      COPY,
      "N",
      null,
      "The most keys to write or delete in the sink in a second. Default: no limit."),
  REQUIRE_EMPTY(
      FLAG, COPY, "", null, "A first copy fails if the sink holds any key under the prefixes."),
  FORMER_PREFIX(
      LIST,
      PLAN,
      "PREFIX",
      null,
      "A prefix in the sink that this link wrote to before its prefixes were changed. Its keys are "
          + "deleted without approval, within --max-deletes."),
  TTL(
      TEXT,
      SHOW_INDEX,
      "POLICY",
      "follow",
      "Keys with a time to live: follow (the copy goes when the source's key goes) or copy (the "
          + "copy has a time to live, too)."),
  UNSUPPORTED_ENTRIES(
      TEXT,
      VERIFY,
      "POLICY",
      "fail",
      "Entries that the sink cannot hold, such as bytes in v2: fail (write nothing) or skip (leave "
          + "them out, name and count them)."),
  CATCH_UP(
      TEXT,
      FOLLOW,
      "MODE",
      "replay",
      "What to do with the events that gathered while the mirror was stopped: replay, collapse"
          + " (write the last state only) or hold (a large or old backlog waits for POST"
          + " /approve)."),
  CATCH_UP_EVENTS(
      NUMBER,
      FOLLOW,
      "N",
      "1000",
      "With --catch-up hold: a backlog of more events of the whole source waits. On v3 these are "
          + "revisions."),
  CATCH_UP_AGE(TEXT, FOLLOW, "DURATION", "10m", "With --catch-up hold: an older backlog waits."),
  CATCH_UP_WATCHES(
      NUMBER,
      FOLLOW,
      "N",
      "64",
      "The most watches that read a backlog of a v3 source side by side; 1 reads it by one watch. "
          + "All links of a process use at most 64 at one cluster together."),
  VERIFY_EVERY(
      TEXT, FOLLOW, "DURATION", null, "Compares both sides at this interval. Default: never."),
  VERIFY_ACTION(
      TEXT,
      FOLLOW,
      "ACTION",
      "report",
      "With --verify-every: what to do with differences, report or repair."),
  VERIFY_RATE(
      NUMBER,
      FOLLOW,
      "N",
      null,
      "With --verify-every: the most entries to read in a second. Default: 20000."),
  INDEX_STORE(
      TEXT,
      SET_INDEX,
      "STORE",
      "target",
      "Where the index is stored: target (in the sink), or file:PATH for a plug-in's sink that has "
          + "an identity."),
  CHECKPOINT_KEY(
      "KEY",
      "The key in a v3 sink that stores the index. Default: made from the link or the prefix."),
  LINK(
      "NAME",
      "The name of this link in logs and metrics, and of its index in the sink. Default: the "
          + "prefix. Required for several prefixes if the sink stores the index."),
  STANDBY(
      FLAG,
      RUN,
      "",
      null,
      "This instance is one of several of the link. One leads and mirrors, the others stand by."),
  STANDBY_TERM(
      TEXT,
      RUN,
      "DURATION",
      "5s",
      "With --standby: how long the lead lasts if the leader dies, at least 2s."),
  MEMBER(
      TEXT,
      RUN,
      "NAME",
      null,
      "With --standby: the name of this instance. Default: the host's name and the process id."),
  HTTP(
      TEXT,
      FOLLOW,
      "HOST:PORT",
      "127.0.0.1:8000",
      "The address of the pages /healthz, /readyz, /status, /lag, /metrics and of the POSTs. Port "
          + "0 is any free one; none is no pages."),
  HTTP_HOST(
      LIST,
      FOLLOW,
      "NAME",
      null,
      "A further host name that requests for the pages may use. Addresses, localhost, the "
          + "machine's name and that of --http are always allowed."),
  AUDIT(
      TEXT,
      COPY,
      "FILE",
      null,
      "A file that gets a line of JSON for each change that the sink confirmed, with a hash in place "
          + "of the value."),
  SHOW_VALUES(
      FLAG,
      VERIFY,
      "",
      null,
      "Adds the first 200 characters of values to differences, in plans, verifications, the log, "
          + "the status and its page, and to the lines of the audit. Without it, values appear nowhere."),
  DUMP_DIR(
      TEXT,
      COPY,
      "DIR",
      null,
      "The directory for dumps of the newest events and decisions: one is written when the mirror "
          + "fails, and by POST /dump. Read them with 'etcd-mirror replay FILE'."),
  ADMIN_TOKEN_FILE(
      TEXT,
      FOLLOW,
      "FILE",
      null,
      "The file whose first line is the token that the POSTs need. Without it and without "
          + "--http-client-ca, they answer on this machine only. No option takes the token itself."),
  HTTP_CERT(
      TEXT,
      FOLLOW,
      "FILE",
      null,
      "The certificate of the pages, with its chain, in PEM; they are served over TLS then. Needs "
          + "--http-key."),
  HTTP_KEY(TEXT, FOLLOW, "FILE", null, "The private key of --http-cert, in PEM and not encrypted."),
  HTTP_CLIENT_CA(
      TEXT,
      FOLLOW,
      "FILE",
      null,
      "Authorities, in PEM. Clients with a certificate of theirs may use the POSTs, without a "
          + "token. Needs --http-cert."),
  PLUGINS("DIR", "A directory of jars with further kinds of sources and sinks."),
  FAIL_FAST(
      FLAG,
      RUN,
      "",
      null,
      "The first link that fails ends the process. Without it, the others go on, and the process "
          + "ends when all have failed."),
  CONFIG(
      "FILE",
      "A YAML file whose keys are these options without their dashes. The environment wins over "
          + "it, and the command line over both. It may list several links: see docs/service.md.");

  /** The options that all links of a process share. */
  private static final Set<LinkOption> OF_PROCESS =
      EnumSet.of(
          HTTP,
          HTTP_HOST,
          ADMIN_TOKEN_FILE,
          HTTP_CERT,
          HTTP_KEY,
          HTTP_CLIENT_CA,
          PLUGINS,
          FAIL_FAST,
          CONFIG);

  /** What a value looks like. */
  enum Kind {
    /** One text. */
    TEXT,
    /** One text that a configuration file may write as a whole number. */
    NUMBER,
    /** Texts; the option may be repeated. */
    LIST,
    /** Given or not. */
    FLAG
  }

  private final Kind kind;
  private final CommandKind lastUser;
  private final String label;
  private final @Nullable String preset;
  private final String description;

  /** One text that all commands use, without a default. */
  LinkOption(String label, String description) {
    this(TEXT, SET_INDEX, label, null, description);
  }

  LinkOption(
      Kind kind, CommandKind lastUser, String label, @Nullable String preset, String description) {
    this.kind = kind;
    this.lastUser = lastUser;
    this.label = label;
    this.preset = preset;
    this.description = description;
  }

  /** Returns the long name without its dashes, which is the key in a configuration file. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the name of the environment variable. */
  public String variable() {
    return Environment.PREFIX + name();
  }

  /** Finds an option by its key. */
  public static Optional<LinkOption> of(String key) {
    return Arrays.stream(values()).filter(option -> option.key().equals(key)).findFirst();
  }

  Kind kind() {
    return kind;
  }

  /** Whether it is an option of the process, which all of its links share. */
  boolean isOfProcess() {
    return OF_PROCESS.contains(this);
  }

  /** Whether it is given or not, and has no value. */
  public boolean isFlag() {
    return kind == FLAG;
  }

  /** Returns the value where none is given; null if there is no such value. */
  @Nullable String preset() {
    return preset;
  }

  /** Whether a command of this kind uses the option. */
  public boolean isUsedBy(CommandKind command) {
    return command.compareTo(lastUser) <= 0;
  }

  /** Adds the options that a command of this kind uses. */
  public static void addTo(CommandSpec command, CommandKind kind) {
    for (LinkOption option : values()) {
      if (option.isUsedBy(kind)) {
        command.addOption(option.spec());
      }
    }
  }

  private OptionSpec spec() {
    OptionSpec.Builder spec =
        OptionSpec.builder("--" + key()).description(text().replace("%", "%%"));
    return switch (kind) {
      case FLAG -> spec.type(boolean.class).arity("0").build();
      case LIST ->
          spec.type(List.class).auxiliaryTypes(String.class).arity("1").paramLabel(label).build();
      case TEXT, NUMBER -> spec.type(String.class).arity("1").paramLabel(label).build();
    };
  }

  private String text() {
    String repeated = kind == LIST ? " May be repeated." : "";
    return description + repeated + (preset == null ? "" : " Default: " + preset + ".");
  }
}
