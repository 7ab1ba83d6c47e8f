package org.etcdmirror.v2.internal.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import okio.Buffer;
import org.junit.jupiter.api.Test;

final class V2FormTest {

  private static String text(V2Form form) throws Exception {
    Buffer body = new Buffer();
    form.build().writeTo(body);
    return body.readUtf8();
  }

  @Test
  void fieldsAreJoinedByAmpersands() throws Exception {
    assertThat(text(new V2Form().with("dir", true))).isEqualTo("dir=true");
    assertThat(text(new V2Form().withValue("x".getBytes(UTF_8)).with("ttl", 30)))
        .isEqualTo("value=x&ttl=30");
    assertThat(text(new V2Form())).isEmpty();
  }

  @Test
  void onlyWhatAFormReaderMisunderstandsIsEscaped() throws Exception {
    assertThat(text(new V2Form().withValue(" %&+;=\n\0\u001f".getBytes(UTF_8))))
        .isEqualTo("value=+%25%26%2B%3B%3D%0A%00%1F");
    String plain = "{\"a\":[1,'x']}/~!é鍵\u007f";
    assertThat(text(new V2Form().withValue(plain.getBytes(UTF_8)))).isEqualTo("value=" + plain);
  }

  @Test
  void bodyIsAForm() {
    assertThat(new V2Form().build().contentType()).hasToString("application/x-www-form-urlencoded");
  }
}
