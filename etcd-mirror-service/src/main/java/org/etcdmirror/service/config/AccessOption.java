package org.etcdmirror.service.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.stream.Stream;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.AccessTls;
import org.etcdmirror.service.log.ServiceLogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the user, password file, cacert, cert and key of one side, and the TLS of the pages. */
final class AccessOption {

  private static final Logger log = LoggerFactory.getLogger(AccessOption.class);

  private final String side;
  private final String ca;
  private final Values values;

  private AccessOption(String side, String ca, Values values) {
    this.side = side;
    this.ca = ca;
    this.values = values;
  }

  /**
   * Reads the access to one side.
   *
   * @throws UsageException if half of a pair is missing, or a file cannot be used
   */
  static Access parse(String side, Values values) {
    return new AccessOption(side, "cacert", values).parse();
  }

  /**
   * Reads the certificate of the pages, and the authorities of their clients.
   *
   * @throws UsageException as the other method
   */
  static Access parsePages(Values values) {
    return new AccessOption("http", "client-ca", values).parse();
  }

  private Access parse() {
    Given user = given("user");
    refuseHalf("user", "password-file");
    refuseHalf("cert", "key");
    if (user != null && user.text().isBlank()) {
      throw user.wrong("the user name is empty");
    }
    Access access =
        new Access(
            user == null ? null : user.text(),
            file("password-file"),
            file(ca),
            file("cert"),
            file("key"));
    refuseUnusablePassword(access);
    if (access.caCert() != null || access.cert() != null) {
      refuseUnusable(access);
    }
    warnIfOthersRead("password-file", access.passwordFile());
    warnIfOthersRead("key", access.key());
    return access;
  }

  private @Nullable Given given(String name) {
    return LinkOption.of(side + "-" + name).map(values::optional).orElse(null);
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
      if (!Files.isRegularFile(file)) {
        throw given.wrong("'" + file + "' is not a regular file");
      }
      if (!Files.isReadable(file)) {
        throw given.wrong("the file '" + file + "' cannot be read");
      }
      return file;
    } catch (InvalidPathException e) {
      throw given.wrong(e);
    }
  }

  private void refuseUnusablePassword(Access access) {
    Given given = given("password-file");
    if (access.passwordFile() == null || given == null) {
      return;
    }
    try {
      access.readPassword();
    } catch (IOException e) {
      throw given.wrong(String.valueOf(e.getMessage()), e);
    }
  }

  /** A secret that every user of the machine can read is no secret. */
  private void warnIfOthersRead(String name, @Nullable Path file) {
    try {
      if (file != null
          && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        log.warn(
            ServiceLogEvent.FILE_READABLE.marker(),
            "--{}-{}: every user of this machine can read '{}'; run chmod o-r on it",
            side,
            name,
            file);
      }
    } catch (IOException | UnsupportedOperationException e) {
      log.debug("cannot read the permissions of {}", file, e);
    }
  }

  private void refuseUnusable(Access access) {
    try {
      AccessTls.of(access);
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      throw Stream.of(ca, "cert", "key")
          .flatMap(name -> Stream.ofNullable(given(name)))
          .filter(given -> why.contains("'" + given.text() + "'"))
          .findFirst()
          .map(given -> given.wrong(e))
          .orElseGet(() -> new UsageException("--" + side + ": " + why, e));
    }
  }
}
