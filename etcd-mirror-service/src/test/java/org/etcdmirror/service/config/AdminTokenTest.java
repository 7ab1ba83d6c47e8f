package org.etcdmirror.service.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file of --admin-token-file. */
class AdminTokenTest {

  private final Path file;

  AdminTokenTest(@TempDir Path directory) {
    this.file = directory.resolve("token");
  }

  private AdminToken token() {
    return requireNonNull(AdminToken.of(Given.onCommandLine("admin-token-file", file.toString())));
  }

  private void assertRefused(String why) {
    assertThatThrownBy(this::token)
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("--admin-token-file: ")
        .hasMessageContaining(why)
        .hasMessageContaining(file.toString())
        .hasMessageNotContaining("secret");
  }

  @Test
  void firstLineWithoutBlanksAroundItIsTheToken() throws IOException {
    TestPageAccess.write(file, " secret-1 \nother");

    assertThat(token().matches("secret-1")).isTrue();
    assertThat(token().matches("other")).isFalse();
    assertThat(token().matches("")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "rw-r--r--, false",
    "rw-rw-rw-, false",
    "rw-----w-, false",
    "rw-r-----, true",
    "r--------, true"
  })
  void fileThatEveryUserMayReadOrWriteIsRefused(String mode, boolean accepted) throws IOException {
    TestPageAccess.write(file, "secret");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

    if (accepted) {
      assertThat(token().matches("secret")).isTrue();
    } else {
      assertRefused("chmod o=");
    }
  }

  @Test
  void missingFileIsRefused() {
    assertRefused("there is no file");
  }

  @Test
  void directoryIsRefused() throws IOException {
    Files.createDirectory(file);

    assertRefused("is not a regular file");
  }

  @Test
  void emptyTokenIsRefused() throws IOException {
    TestPageAccess.write(file, "  \nsecret");

    assertRefused("is empty");
  }

  @ParameterizedTest
  @CsvSource({"se cret", "secr\u00e9t", "secret;", "=secret"})
  void tokenThatNoHeaderCanCarryIsRefused(String token) throws IOException {
    TestPageAccess.write(file, token);

    assertRefused("openssl rand");
  }
}
