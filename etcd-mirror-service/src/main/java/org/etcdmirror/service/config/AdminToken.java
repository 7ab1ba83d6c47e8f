package org.etcdmirror.service.config;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The token of those who may act, on the first line of a file. The file is read for each request,
 * so that a new token counts at once and a removed one no longer. No message contains it.
 */
public final class AdminToken {

  private static final int MOST_BYTES = 4_096;

  /** What an HTTP header can carry: RFC 6750, section 2.1. */
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private final Path file;

  private AdminToken(Path file) {
    this.file = file;
  }

  /**
   * Makes the token of an option.
   *
   * @return null if there is none
   * @throws UsageException if the file cannot be used
   */
  static @Nullable AdminToken of(@Nullable Given given) {
    if (given == null) {
      return null;
    }
    try {
      AdminToken token = new AdminToken(Path.of(given.text()));
      token.read();
      return token;
    } catch (InvalidPathException e) {
      throw given.wrong(e);
    } catch (IOException e) {
      throw given.wrong(String.valueOf(e.getMessage()), e);
    }
  }

  Path file() {
    return file;
  }

  /**
   * Returns whether a client has presented the token. The time does not depend on how much of it is
   * right.
   *
   * @throws IOException if the file cannot be used now; one line names it
   */
  public boolean matches(String presented) throws IOException {
    return MessageDigest.isEqual(read(), presented.getBytes(US_ASCII));
  }

  private byte[] read() throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException("there is no file '" + file + "'");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("'" + file + "' is not a regular file");
    }
    refuseIfOthersMayUseIt();
    String token;
    try (InputStream in = Files.newInputStream(file)) {
      token =
          new String(in.readNBytes(MOST_BYTES), US_ASCII).lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      throw new IOException("the file '" + file + "' cannot be read", e);
    }
    if (token.isEmpty()) {
      throw new IOException("the first line of '" + file + "' is empty");
    }
    if (!FORM.matcher(token).matches()) {
      throw new IOException(
          "the first line of '"
              + file
              + "' must consist of letters, digits and -._~+/= only; run openssl rand -hex 32 > "
              + file);
    }
    return token.getBytes(US_ASCII);
  }

  private void refuseIfOthersMayUseIt() throws IOException {
    Set<PosixFilePermission> allowed;
    try {
      allowed = Files.getPosixFilePermissions(file);
    } catch (UnsupportedOperationException e) {
      return;
    }
    if (allowed.contains(PosixFilePermission.OTHERS_READ)
        || allowed.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(
          "every user of this machine can read or write '" + file + "'; run chmod o= on it");
    }
  }
}
