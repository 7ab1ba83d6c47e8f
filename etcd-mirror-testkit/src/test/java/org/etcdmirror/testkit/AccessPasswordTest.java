package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.tls.Access;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the password of a user comes from. */
class AccessPasswordTest {

  @Test
  void suppliedPasswordIsAskedForEachTime() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Access access = Access.user("reader", () -> "secret" + asked.incrementAndGet());
    assertThat(access.readPassword()).isEqualTo("secret1");
    assertThat(access.readPassword()).isEqualTo("secret2");
    assertThat(access.toString()).doesNotContain("secret");
  }

  @Test
  void emptySuppliedPasswordNamesTheUser() {
    assertThatThrownBy(Access.user("reader", () -> "")::readPassword)
        .isInstanceOf(IOException.class)
        .hasMessage("password of user 'reader' is empty");
  }

  @Test
  void passwordOfAFileIsItsFirstLine(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("password"), "secret\nmore\n");
    assertThat(Access.user("reader", file).readPassword()).isEqualTo("secret");
  }

  @Test
  void builderKeepsTheLastOfTwoPasswords() throws Exception {
    Path file = Path.of("does-not-exist");
    Access supplied = Access.builder().user("a", file).user("b", () -> "secret").build();
    assertThat(supplied.user()).isEqualTo("b");
    assertThat(supplied.readPassword()).isEqualTo("secret");
    assertThat(Access.builder().user("b", () -> "secret").user("a", file).build().passwordFile())
        .isEqualTo(file);
  }

  @Test
  void builderHandsOverEachFile() {
    Path ca = Path.of("ca");
    Path cert = Path.of("cert");
    Path key = Path.of("key");
    assertThat(Access.builder().caCert(ca).certificate(cert, key).build())
        .isEqualTo(new Access(null, null, ca, cert, key));
    assertThat(Access.builder().build()).isEqualTo(Access.ANONYMOUS);
  }

  @Test
  void halfAPairAndTwoPasswordsAreRefused() {
    Path file = Path.of("file");
    assertThatThrownBy(() -> new Access("reader", null, null, null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("user or password is missing; give both or none");
    assertThatThrownBy(() -> new Access(null, null, null, file, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("certificate or key is missing; give both or none");
    assertThatThrownBy(() -> new Access("reader", file, null, null, null, () -> "secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("give one");
  }
}
