package org.etcdmirror.service;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.etcdmirror.api.Access;
import org.etcdmirror.api.RecoveryPolicy;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.UnsupportedEntries;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for, as far as it can be understood without a source and a sink.
 *
 * @param source the address to read from
 * @param sink the address to write to
 * @param sourceAccess who reads there
 * @param sinkAccess who writes there
 * @param prefixes what to mirror, at least one
 * @param excludes what to leave out
 * @param recovery what to do about gaps
 * @param deleteLimit how much a resync may delete
 * @param expiry what becomes of times to live
 * @param unsupported what becomes of entries that the sink cannot hold
 * @param indexFile the file that keeps the index; null for the sink
 * @param checkpointKey the key in the sink that keeps the index; null for the sink's own choice
 * @param link the name of the link; null if none was given
 * @param http where to serve the status; null for nowhere
 */
record Settings(
    Given source,
    Given sink,
    Access sourceAccess,
    Access sinkAccess,
    List<Given> prefixes,
    List<Pattern> excludes,
    RecoveryPolicy recovery,
    DeleteLimit deleteLimit,
    ExpiryPolicy expiry,
    UnsupportedEntries unsupported,
    @Nullable Path indexFile,
    @Nullable Given checkpointKey,
    @Nullable String link,
    @Nullable InetSocketAddress http) {

  private static final String FILE = "file:";

  /**
   * Understands the values of all options.
   *
   * @throws UsageException if one is wrong or a required one is missing
   */
  static Settings of(Map<String, List<Given>> values) {
    Reader read = new Reader(values);
    Path indexFile = indexFile(read.orElse("index-store", "target"));
    Given checkpointKey = checkpointKey(read.optional("checkpoint-key"), indexFile);
    return new Settings(
        read.required("source"),
        read.required("sink"),
        AccessOption.parse("source", values),
        AccessOption.parse("sink", values),
        read.atLeastOne("prefix"),
        read.all("exclude").stream().map(Settings::pattern).toList(),
        recovery(read.orElse("recovery", "resync")),
        deleteLimit(read.optional("max-deletes")),
        expiry(read.orElse("ttl", "follow")),
        unsupported(read.orElse("unsupported-entries", "fail")),
        indexFile,
        checkpointKey,
        link(read.optional("link")),
        HttpOption.parse(read.orElse("http", "127.0.0.1:8000")));
  }

  private record Reader(Map<String, List<Given>> values) {

    List<Given> all(String option) {
      return values.getOrDefault(option, List.of());
    }

    @Nullable Given optional(String option) {
      List<Given> given = all(option);
      return given.isEmpty() ? null : given.get(0);
    }

    Given orElse(String option, String text) {
      Given given = optional(option);
      return given == null ? new Given(option, text, null) : given;
    }

    Given required(String option) {
      return atLeastOne(option).get(0);
    }

    List<Given> atLeastOne(String option) {
      List<Given> given = all(option);
      if (given.isEmpty()) {
        throw new UsageException("--" + option + " is required");
      }
      return given;
    }
  }

  private static Pattern pattern(Given given) {
    try {
      return Pattern.compile(given.text());
    } catch (PatternSyntaxException e) {
      throw given.wrong(
          "'%s' is not a regular expression: %s".formatted(given.text(), e.getDescription()), e);
    }
  }

  private static RecoveryPolicy recovery(Given given) {
    return switch (given.text()) {
      case "resync" -> RecoveryPolicy.resync();
      case "fail" -> RecoveryPolicy.fail();
      case "skip-gap" -> RecoveryPolicy.skipGap();
      default -> throw given.wrong("'" + given.text() + "' is none of resync, fail, skip-gap");
    };
  }

  private static DeleteLimit deleteLimit(@Nullable Given given) {
    if (given == null) {
      return DeleteLimit.DEFAULT;
    }
    try {
      return DeleteLimit.parse(given.text());
    } catch (IllegalArgumentException e) {
      throw given.wrong(e);
    }
  }

  private static ExpiryPolicy expiry(Given given) {
    return switch (given.text()) {
      case "follow" -> ExpiryPolicy.FOLLOW_SOURCE;
      case "copy" -> ExpiryPolicy.COPY;
      default -> throw given.wrong("'" + given.text() + "' is neither follow nor copy");
    };
  }

  private static UnsupportedEntries unsupported(Given given) {
    return switch (given.text()) {
      case "fail" -> UnsupportedEntries.FAIL;
      case "skip" -> UnsupportedEntries.SKIP;
      default -> throw given.wrong("'" + given.text() + "' is neither fail nor skip");
    };
  }

  private static @Nullable Path indexFile(Given given) {
    if (given.text().equals("target")) {
      return null;
    }
    if (!given.text().startsWith(FILE) || given.text().equals(FILE)) {
      throw given.wrong("'" + given.text() + "' is neither target nor file:PATH");
    }
    try {
      Path file = Path.of(given.text().substring(FILE.length()));
      Path directory = file.toAbsolutePath().getParent();
      if (Files.isDirectory(file)) {
        throw given.wrong("'" + file + "' is a directory");
      }
      if (directory == null || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
        throw given.wrong("the directory of '" + file + "' does not exist or cannot be written to");
      }
      return file;
    } catch (InvalidPathException e) {
      throw given.wrong(e);
    }
  }

  private static @Nullable Given checkpointKey(@Nullable Given given, @Nullable Path indexFile) {
    if (given != null && given.text().isEmpty()) {
      throw given.wrong("a key must not be empty");
    }
    if (given != null && indexFile != null) {
      throw given.wrong("with --index-store file:PATH no key keeps the index");
    }
    return given;
  }

  private static @Nullable String link(@Nullable Given given) {
    if (given == null) {
      return null;
    }
    if (given.text().isBlank() || given.text().chars().anyMatch(Character::isISOControl)) {
      throw given.wrong("a name must have letters, and no line breaks");
    }
    return given.text();
  }
}
