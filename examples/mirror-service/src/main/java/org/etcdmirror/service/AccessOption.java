package org.etcdmirror.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.etcdmirror.api.Access;
import org.etcdmirror.api.AccessTls;
import org.jspecify.annotations.Nullable;

/** Understands the user, password file, cacert, cert and key of one side. */
final class AccessOption {

  /** What each of them is called behind {@code --source-} and {@code --sink-}. */
  static final Set<String> NAMES = Set.of("user", "password-file", "cacert", "cert", "key");

  private final String side;
  private final Values values;

  private AccessOption(String side, Values values) {
    this.side = side;
    this.values = values;
  }

  /**
   * Who the mirror is at one side.
   *
   * @throws UsageException if a half of a pair is missing, or a file can't be used
   */
  static Access parse(String side, Values values) {
    return new AccessOption(side, values).parse();
  }

  private Access parse() {
    Given user = given("user");
    refuseHalf("user", "password-file");
    refuseHalf("cert", "key");
    if (user != null && user.text().isBlank()) {
      throw user.wrong("a user has a name");
    }
    Access access =
        new Access(
            user == null ? null : user.text(),
            passwordFile(),
            file("cacert"),
            file("cert"),
            file("key"));
    if (access.caCert() != null || access.cert() != null) {
      refuseUnusable(access);
    }
    return access;
  }

  private @Nullable Given given(String name) {
    return values.optional(side + "-" + name);
  }

  private void refuseHalf(String one, String other) {
    Given first = given(one);
    Given second = given(other);
    if (first != null && second == null) {
      throw first.wrong("it needs --%s-%s as well".formatted(side, other));
    }
    if (first == null && second != null) {
      throw second.wrong("it needs --%s-%s as well".formatted(side, one));
    }
  }

  private @Nullable Path file(String name) {
    Given given = given(name);
    if (given == null) {
      return null;
    }
    try {
      Path file = Path.of(given.text());
      if (!Files.exists(file)) {
        throw given.wrong("there is no file '" + file + "'");
      }
      if (Files.isDirectory(file) || !Files.isReadable(file)) {
        throw given.wrong("the file '" + file + "' cannot be read");
      }
      return file;
    } catch (InvalidPathException e) {
      throw given.wrong(e);
    }
  }

  private @Nullable Path passwordFile() {
    Path file = file("password-file");
    Given given = given("password-file");
    if (file == null || given == null) {
      return null;
    }
    try (Stream<String> lines = Files.lines(file)) {
      if (lines.findFirst().orElse("").isEmpty()) {
        throw given.wrong("the first line of '" + file + "' is empty");
      }
      return file;
    } catch (IOException e) {
      throw given.wrong("the file '" + file + "' cannot be read", e);
    }
  }

  private void refuseUnusable(Access access) {
    try {
      AccessTls.of(access);
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      throw Stream.of("cacert", "cert", "key")
          .flatMap(name -> Stream.ofNullable(given(name)))
          .filter(given -> why.contains("'" + given.text() + "'"))
          .findFirst()
          .map(given -> given.wrong(e))
          .orElseGet(() -> new UsageException("--" + side + ": " + why, e));
    }
  }
}
