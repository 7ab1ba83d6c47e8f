package org.etcdmirror.v3.internal.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.Permission;
import org.junit.jupiter.api.Test;

/** Which ranges the permissions of a user cover. */
class UserGrantsTest {

  private static Permission grant(Permission.Type type, KeyRange range) {
    return Permission.newBuilder()
        .setPermType(type)
        .setKey(range.from())
        .setRangeEnd(range.end())
        .build();
  }

  private static Permission read(String from, String end) {
    return grant(Permission.Type.READ, range(from, end));
  }

  private static KeyRange range(String from, String end) {
    return new KeyRange(ByteString.copyFromUtf8(from), ByteString.copyFromUtf8(end));
  }

  private static KeyRange prefix(String prefix) {
    return KeyRange.of(Bytes.utf8(prefix));
  }

  private static UserGrants of(Permission... permissions) {
    return new UserGrants("joe", Map.of("role", List.of(permissions)));
  }

  @Test
  void permissionsThatTouchCoverARangeTogether() {
    UserGrants grants = of(read("/b", "/d"), read("/a", "/b"), read("/c", "/f"));

    assertThat(grants.allow(range("/a", "/f"), Right.READ)).isTrue();
    assertThat(grants.allow(range("/a", "/g"), Right.READ)).isFalse();
    assertThat(grants.allow(range("/0", "/c"), Right.READ)).isFalse();
  }

  @Test
  void keyBetweenTwoPermissionsIsNotCovered() {
    assertThat(of(read("/a", "/b"), read("/c", "/d")).allow(range("/a", "/d"), Right.READ))
        .isFalse();
  }

  @Test
  void grantOfOneKeyCoversThatKeyAlone() {
    UserGrants grants = of(read("/a", ""));

    assertThat(grants.allow(range("/a", ""), Right.READ)).isTrue();
    assertThat(grants.allow(prefix("/a"), Right.READ)).isFalse();
  }

  @Test
  void onlyAGrantWithoutAnEndCoversARangeWithoutAnEnd() {
    KeyRange rest = range("/a", "\0");

    assertThat(of(read("/a", "\0")).allow(rest, Right.READ)).isTrue();
    assertThat(of(read("/a", "/z")).allow(rest, Right.READ)).isFalse();
    assertThat(of(grant(Permission.Type.READ, prefix(""))).allow(prefix("/a"), Right.READ))
        .isTrue();
  }

  @Test
  void readAndWriteAreBothNeededForReadwrite() {
    Permission read = grant(Permission.Type.READ, prefix("/a"));
    Permission write = grant(Permission.Type.WRITE, prefix("/a"));

    assertThat(of(read).allow(prefix("/a"), Right.READWRITE)).isFalse();
    assertThat(of(write).allow(prefix("/a"), Right.READ)).isFalse();
    assertThat(of(read, write).allow(prefix("/a/b"), Right.READWRITE)).isTrue();
    assertThat(
            of(grant(Permission.Type.READWRITE, prefix("/a"))).allow(prefix("/a"), Right.READWRITE))
        .isTrue();
  }

  @Test
  void commandNamesTheRangeAsEtcdctlTakesIt() {
    UserGrants grants = of();

    assertThat(grants.missing(prefix("/a b"), Right.READ).remedy())
        .isEqualTo("etcdctl role grant-permission role read --prefix=true '/a b'");
    assertThat(grants.missing(prefix(""), Right.READ).remedy()).endsWith("--prefix=true ''");
    assertThat(grants.missing(range("/a", "/c/"), Right.READ).remedy()).endsWith("read /a /c/");
    assertThat(grants.missing(range("/a", "\0"), Right.READ).remedy())
        .endsWith("read --from-key=true /a");
    assertThat(
            grants
                .missing(KeyRange.single(ByteString.copyFrom(new byte[] {(byte) 0xff})), Right.READ)
                .remedy())
        .endsWith("read $'\\xff'");
  }
}
