package org.etcdmirror.api.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who the mirror is to one side, and whom it trusts there. The files are read when they are needed
 * and again when they change, so that passwords and certificates can be exchanged under a running
 * mirror. Immutable.
 *
 * @param user the name to log in with; null for none
 * @param passwordFile the file with the password on its first line; null if there is no user, or
 *     {@code password} gives it
 * @param caCert PEM certificates to trust; null for those of the JDK
 * @param cert the PEM certificate, with its chain, to show to the server; null for none
 * @param key the PEM private key that belongs to {@code cert}; needed if there is one
 * @param password gives the password of the user; null if there is no user, or a file holds it
 * @param certificates gives what is trusted and shown, in place of files; null for files
 */
public record Access(
    @Nullable String user,
    @Nullable Path passwordFile,
    @Nullable Path caCert,
    @Nullable Path cert,
    @Nullable Path key,
    @Nullable PasswordSupplier password,
    @Nullable CertificateSupplier certificates) {

  /** Gives certificates that are not in files. It is asked at each handshake, by any thread. */
  @FunctionalInterface
  public interface CertificateSupplier {

    /**
     * Returns the certificates as they are now. Must be fast.
     *
     * @throws IOException if there are none now; those that were given before stay in use
     */
    Certificates get() throws IOException;
  }

  /**
   * Gives the password of a user, for example from a secret store. It is asked at each login, by
   * any thread, and may block.
   */
  @FunctionalInterface
  public interface PasswordSupplier {

    /**
     * Returns the password as it is now.
     *
     * @throws IOException if it cannot be read now; the login is repeated
     */
    String get() throws IOException;
  }

  /** Anonymous access with the JDK's trust store. */
  public static final Access ANONYMOUS = new Access(null, null, null, null, null);

  /**
   * A user with a password, trusting what the JDK trusts.
   *
   * @param name the name to log in with
   * @param passwordFile the file with the password on its first line; read at each login
   */
  public static Access user(String name, Path passwordFile) {
    return builder().user(name, passwordFile).build();
  }

  /**
   * The same with a password that does not come from a file.
   *
   * @param name the name to log in with
   * @param password is asked at each login
   */
  public static Access user(String name, PasswordSupplier password) {
    return builder().user(name, password).build();
  }

  /** Access by files alone. */
  public Access(
      @Nullable String user,
      @Nullable Path passwordFile,
      @Nullable Path caCert,
      @Nullable Path cert,
      @Nullable Path key) {
    this(user, passwordFile, caCert, cert, key, null);
  }

  /** Access with certificates in files. */
  public Access(
      @Nullable String user,
      @Nullable Path passwordFile,
      @Nullable Path caCert,
      @Nullable Path cert,
      @Nullable Path key,
      @Nullable PasswordSupplier password) {
    this(user, passwordFile, caCert, cert, key, password, null);
  }

  /** A builder of anonymous access with the JDK's trust store. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects who the mirror is to one side. Not safe for use by several threads. */
  public static final class Builder {

    private @Nullable String user;
    private @Nullable Path passwordFile;
    private @Nullable Path caCert;
    private @Nullable Path cert;
    private @Nullable Path key;
    private @Nullable PasswordSupplier password;
    private @Nullable CertificateSupplier certificates;

    private Builder() {}

    /** Logs in by a name and the password on the first line of a file. No user by default. */
    public Builder user(String name, Path passwordFile) {
      this.user = requireNonNull(name, "name");
      this.passwordFile = requireNonNull(passwordFile, "passwordFile");
      this.password = null;
      return this;
    }

    /** Logs in by a name and the password that a supplier gives at each login. */
    public Builder user(String name, PasswordSupplier password) {
      this.user = requireNonNull(name, "name");
      this.password = requireNonNull(password, "password");
      this.passwordFile = null;
      return this;
    }

    /** Trusts the PEM certificates of a file. Those of the JDK by default. */
    public Builder caCert(Path file) {
      this.caCert = requireNonNull(file, "file");
      return this;
    }

    /** Shows a PEM certificate with its chain, and proves it by its PEM key. None by default. */
    public Builder certificate(Path cert, Path key) {
      this.cert = requireNonNull(cert, "cert");
      this.key = requireNonNull(key, "key");
      return this;
    }

    /**
     * Trusts and shows what a supplier gives at each handshake, in place of files: for example what
     * is in a key store.
     */
    public Builder certificates(CertificateSupplier certificates) {
      this.certificates = requireNonNull(certificates, "certificates");
      return this;
    }

    /**
     * The access. No file is read yet.
     *
     * @throws IllegalArgumentException if certificates come from files and a supplier
     */
    public Access build() {
      return new Access(user, passwordFile, caCert, cert, key, password, certificates);
    }
  }

  /** Refuses one half of what only works as a pair. */
  public Access {
    if ((user == null) != (passwordFile == null && password == null)) {
      throw new IllegalArgumentException("user or password is missing; give both or none");
    }
    if (passwordFile != null && password != null) {
      throw new IllegalArgumentException(
          "password of user '%s' comes from a file and a supplier; give one".formatted(user));
    }
    if ((cert == null) != (key == null)) {
      throw new IllegalArgumentException("certificate or key is missing; give both or none");
    }
    if (certificates != null && (caCert != null || cert != null)) {
      throw new IllegalArgumentException(
          "certificates come from a supplier and from files: %s; give one"
              .formatted(caCert == null ? cert : caCert));
    }
  }

  /** Whether certificates are named, so that no connection may go without TLS. */
  public boolean needsTls() {
    return caCert != null || cert != null || certificates != null;
  }

  /**
   * The password as it is now: what the supplier gives, or the first line of the file in UTF-8.
   * Blocks while it reads.
   *
   * @throws IllegalStateException if there is no user
   * @throws IOException if the supplier fails or gives an empty password; if the file is missing,
   *     is not a regular file, is not UTF-8, or its first line is empty. One line names the user
   *     and the file
   */
  public String readPassword() throws IOException {
    if (password != null) {
      String given = password.get();
      if (given.isEmpty()) {
        throw new IOException("password of user '%s' is empty".formatted(user));
      }
      return given;
    }
    if (passwordFile == null) {
      throw new IllegalStateException("no user is named");
    }
    return firstLine(passwordFile);
  }

  private String firstLine(Path file) throws IOException {
    String line;
    try {
      CharBuffer text = UTF_8.newDecoder().decode(ByteBuffer.wrap(CredentialFile.read(file)));
      line = text.toString().lines().findFirst().orElse("");
    } catch (IOException e) {
      throw new IOException(problem(file, why(e)), e);
    }
    if (line.isEmpty()) {
      throw new IOException(problem(file, "is empty"));
    }
    return line;
  }

  private String problem(Path file, String what) {
    return "password file '%s' of user '%s' %s".formatted(file, user, what);
  }

  private static String why(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "does not exist";
    }
    return e instanceof CharacterCodingException
        ? "is not UTF-8"
        : "cannot be read: " + e.getMessage();
  }
}
