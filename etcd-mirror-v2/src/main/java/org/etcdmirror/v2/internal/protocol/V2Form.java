package org.etcdmirror.v2.internal.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import okhttp3.MediaType;
import okhttp3.RequestBody;

/** The form in the body of a write. Not safe for use by several threads. */
public final class V2Form {

  private static final MediaType TYPE = MediaType.get("application/x-www-form-urlencoded");
  private static final String HEX = "0123456789ABCDEF";

  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  /** Adds a field whose value needs no escapes: a number, a flag. */
  public V2Form with(String name, Object plain) {
    field(name);
    body.writeBytes(plain.toString().getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  /** Adds the value of the key. */
  public V2Form withValue(byte[] utf8) {
    field("value");
    for (byte b : utf8) {
      append(b);
    }
    return this;
  }

  public RequestBody build() {
    return RequestBody.create(body.toByteArray(), TYPE);
  }

  private void field(String name) {
    if (body.size() > 0) {
      body.write('&');
    }
    body.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    body.write('=');
  }

  /**
   * Escapes only what a form's reader would take for something else. Escaping all that a browser
   * escapes makes text up to three times as long, and the server takes no form above 10 MiB.
   */
  private void append(byte b) {
    if (b == ' ') {
      body.write('+');
    } else if (b == '%' || b == '&' || b == '+' || b == ';' || b == '=' || (b >= 0 && b < ' ')) {
      body.write('%');
      body.write(HEX.charAt(b >> 4));
      body.write(HEX.charAt(b & 0xf));
    } else {
      body.write(b);
    }
  }
}
