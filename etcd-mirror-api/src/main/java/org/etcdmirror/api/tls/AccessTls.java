package org.etcdmirror.api.tls;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.etcdmirror.api.tls.TlsFiles.Identity;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Access} means in TLS: which servers to believe, and what to show them. For authors
 * of sources and sinks. A server of this side, such as that of the service's pages, shows the same
 * certificate, and believes clients by the same authorities.
 *
 * <p>The files are looked at with each handshake, and read again when they have changed; no
 * connection is broken for it. If they can't be used then, because they are being written, the last
 * good ones stay in use, and a warning is logged and kept as {@link #problem()}.
 *
 * <p>The same holds for what a {@link Access.CertificateSupplier} gives: it is asked with each
 * handshake.
 *
 * <p>Certificates are PEM; private keys are PEM in PKCS#8, PKCS#1 ({@code RSA PRIVATE KEY}) or SEC1
 * ({@code EC PRIVATE KEY}), not encrypted. Safe for use by many threads.
 */
public final class AccessTls {

  private static final Logger log = System.getLogger(AccessTls.class.getName());

  private final Access access;
  private final X509ExtendedTrustManager trustManager = new AccessTrustManager(this);
  private final X509ExtendedKeyManager keyManager = new AccessKeyManager(this);
  private volatile boolean certificateAsked;

  private TlsFiles files;
  private @Nullable Identity previous;
  private @Nullable SSLContext context;
  private @Nullable TlsFiles filesOfContext;
  private @Nullable String problem;

  private AccessTls(Access access, TlsFiles files) {
    this.access = access;
    this.files = files;
  }

  /**
   * Reads the files for the first time.
   *
   * @throws IllegalArgumentException if one can't be used; one line names it and says why
   */
  public static AccessTls of(Access access) {
    try {
      return new AccessTls(access, TlsFiles.load(access));
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Believes servers whose certificate leads to {@link Access#caCert()}, to what a supplier gives,
   * or to the JDK's. It checks the host's name if the socket or engine asks for it (an endpoint
   * identification algorithm), as the JDK's own does.
   */
  public X509ExtendedTrustManager trustManager() {
    return trustManager;
  }

  /** Shows {@link Access#cert()}, or nothing if there is none. */
  public X509ExtendedKeyManager keyManager() {
    return keyManager;
  }

  /**
   * Says in one line which side refused what in TLS, and what to change. Nothing may be decided by
   * it: it goes by the texts of the JDK and of BoringSSL, because these have no codes.
   *
   * @param failure what the connection failed with
   * @param host the server's host, for a message about its name
   * @param mayBeLost whether the connection may have ended before the server's complaint was read,
   *     as happens with TLS 1.3; false once a request has been answered
   * @return null if it failed for another reason
   */
  public @Nullable String explain(Throwable failure, String host, boolean mayBeLost) {
    return TlsFailure.explain(failure, host, this, mayBeLost);
  }

  /** Whether a server has asked for a certificate of this side. It may go on without one. */
  boolean certificateAsked() {
    return certificateAsked;
  }

  void noteCertificateAsked() {
    certificateAsked = true;
  }

  /** What this side shows, as a person knows it; null for nothing. */
  @Nullable String shown() {
    Identity identity = current().identity();
    if (identity == null) {
      return null;
    }
    X509Certificate first = identity.chain().get(0);
    String described = AccessTrustManager.described(first);
    return access.cert() == null ? described : "'%s' (%s)".formatted(access.cert(), described);
  }

  /**
   * A context with both, and another one after the files have changed, so that no session that was
   * agreed on with the old ones is ever resumed with the new. Ask again for each connection.
   */
  @SuppressWarnings("ReferenceEquality") // Each reading is one of its own.
  public synchronized SSLContext context() {
    TlsFiles now = current();
    if (context != null && now == filesOfContext) {
      return context;
    }
    try {
      SSLContext made = SSLContext.getInstance("TLS");
      made.init(new KeyManager[] {keyManager}, new TrustManager[] {trustManager}, null);
      context = made;
      filesOfContext = now;
      return made;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK can't do TLS", e);
    }
  }

  /** When {@link Access#cert()}, or the first of its chain, expires; null if there is none. */
  public @Nullable Instant certExpires() {
    Identity identity = current().identity();
    return identity == null ? null : identity.expires();
  }

  /** When the first certificate in {@link Access#caCert()} expires; null if that is not given. */
  public @Nullable Instant caExpires() {
    return current().caExpires();
  }

  /** Why the files as they are now can't be used, in one line; null if they are in use. */
  public synchronized @Nullable String problem() {
    current();
    return problem;
  }

  /** What the files hold, or held when they could be used last. */
  synchronized TlsFiles current() {
    try {
      if (!TlsFiles.look(access).equals(files.stamps())) {
        TlsFiles next = TlsFiles.load(access);
        previous = files.identity();
        files = next;
        log.log(Level.DEBUG, "the certificates have changed and are in use: {0}", names());
      }
      problem = null;
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      if (!why.equals(problem)) {
        problem = why;
        log.log(Level.WARNING, "{0}; the certificates that were read before stay in use", why);
      }
    }
    return files;
  }

  /** What a handshake under way has chosen, also if the files have changed since. */
  synchronized @Nullable Identity identity(@Nullable String alias) {
    Identity now = files.identity();
    if (now != null && now.alias().equals(alias)) {
      return now;
    }
    return previous != null && previous.alias().equals(alias) ? previous : null;
  }

  /** What is trusted, as a person knows it. */
  String trusted() {
    if (access.caCert() != null) {
      return "'" + access.caCert() + "'";
    }
    return current().caExpires() == null ? "the JDK" : "the given certificates";
  }

  private String names() {
    return files.stamps().toString();
  }
}
