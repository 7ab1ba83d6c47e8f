package org.etcdmirror.api.tls;

import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.etcdmirror.api.internal.DisplayText;
import org.jspecify.annotations.Nullable;

/** Finds the reason of a failure of TLS in the texts of the JDK and of BoringSSL. */
final class TlsFailure {

  private static final int MOST_CAUSES = 20;

  /** What a server says of the certificate that it was shown, or not; RFC 8446, 6.2. */
  private static final List<String> CERTIFICATE_ALERTS =
      List.of(
          "certificate_required",
          "bad_certificate",
          "unsupported_certificate",
          "certificate_revoked",
          "certificate_expired",
          "certificate_unknown",
          "unknown_certificate",
          "unknown_ca",
          "access_denied",
          "decrypt_error");

  private static final List<String> NO_COMMON_GROUND =
      List.of("handshake_failure", "insufficient_security", "no_shared_cipher");

  private static final List<String> NO_TLS =
      List.of(
          "unsupported_or_unrecognized_ssl_message",
          "not_an_ssl/tls_record",
          "wrong_version_number",
          "http_request");

  private static final List<String> CUT = List.of("reset", "broken_pipe", "closed", "terminated");

  /** How etcd, which looks at the first bytes, ends what it does not know. */
  private static final List<String> NO_HANDSHAKE =
      List.of("terminated_the_handshake", "closed_while_performing_tls");

  private TlsFailure() {}

  /** Does what {@link AccessTls#explain} says. */
  static @Nullable String explain(
      Throwable failure, String host, AccessTls tls, boolean mayBeLost) {
    String said = "";
    Throwable cause = failure;
    for (int i = 0; i < MOST_CAUSES && cause != null; i++) {
      if (cause instanceof CertificateException) {
        return "this side refused the server: " + DisplayText.of(cause.getMessage(), 1_000);
      }
      if (cause instanceof SSLPeerUnverifiedException) {
        return "this side refused the server: its certificate does not name the host '%s' (%s)"
            .formatted(host, DisplayText.of(oneLine(cause.getMessage()), 400));
      }
      said += " " + normalized(cause.getMessage());
      cause = cause.getCause();
    }
    return explain(said, tls, mayBeLost);
  }

  private static @Nullable String explain(String said, AccessTls tls, boolean mayBeLost) {
    for (String alert : CERTIFICATE_ALERTS) {
      if (said.contains(alert)) {
        return certificateRefused("it said " + alert, tls);
      }
    }
    if (NO_COMMON_GROUND.stream().anyMatch(said::contains)) {
      return "the server refused what this side offers: TLS 1.3, and TLS 1.2 with forward secrecy"
          + " (ECDHE with AES-GCM or ChaCha20-Poly1305); allow one of these there (etcd's"
          + " --cipher-suites)";
    }
    if (said.contains("protocol_version")) {
      return "the server takes neither TLS 1.2 nor TLS 1.3";
    }
    if (NO_TLS.stream().anyMatch(said::contains)) {
      return "the server does not speak TLS at this port; write http://, or name a port with TLS";
    }
    boolean cut = CUT.stream().anyMatch(said::contains);
    if (mayBeLost && cut && tls.certificateAsked()) {
      return certificateRefused("it ended the connection at once", tls);
    }
    // A server that closes with unread bytes resets, and its answer in plain text may be lost.
    boolean reset = mayBeLost && said.contains("reset");
    return reset || NO_HANDSHAKE.stream().anyMatch(said::contains)
        ? "the server ended the handshake without an answer; if it does not speak TLS at this port,"
            + " write http://"
        : null;
  }

  private static String certificateRefused(String how, AccessTls tls) {
    String shown = tls.shown();
    return shown == null
        ? "the server asked for a client certificate, and none is configured (%s): name one (cert and"
                .formatted(how)
            + " key of Access; --source-cert and --source-key, or --sink-cert and --sink-key)"
        : "the server did not accept this side's client certificate %s (%s)".formatted(shown, how);
  }

  /** Without regular expressions, as the text may be long. */
  private static String normalized(@Nullable String message) {
    String start = message == null ? "" : message.substring(0, Math.min(message.length(), 1_000));
    return start.toLowerCase(Locale.ROOT).replace(' ', '_');
  }

  private static String oneLine(@Nullable String message) {
    return String.join(" ", String.valueOf(message).lines().map(String::strip).toList());
  }
}
