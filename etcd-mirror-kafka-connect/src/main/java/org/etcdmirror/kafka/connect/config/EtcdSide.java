package org.etcdmirror.kafka.connect.config;

import java.nio.file.Path;
import java.util.ServiceLoader;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.MirrorAddress;
import org.etcdmirror.api.SourceProvider;
import org.etcdmirror.api.SourceSettings;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;

/**
 * The etcd of a connector: where it is, and who the connector is to it. Immutable.
 *
 * @param address the scheme and the servers
 * @param access users, passwords and certificates
 */
public record EtcdSide(MirrorAddress address, Access access) {

  /** The setting of the address. */
  public static final String ADDRESS = "etcd.address";

  private static final String USER = "etcd.user";
  private static final String PASSWORD = "etcd.password";
  private static final String PASSWORD_FILE = "etcd.password.file";
  private static final String CA_FILE = "etcd.ca.file";
  private static final String CERT_FILE = "etcd.cert.file";
  private static final String KEY_FILE = "etcd.key.file";

  /** Adds the settings of the side. */
  public static Definitions define(Definitions to) {
    return to.group("etcd")
        .required(
            ADDRESS,
            ConfigDef.Type.STRING,
            "Address",
            "The servers of etcd: v3:https://HOST:PORT,https://HOST:PORT or v2:... or v3+srv:DOMAIN.")
        .optional(
            USER,
            ConfigDef.Type.STRING,
            null,
            "User",
            "The name to log in with. No user by default.")
        .optional(
            PASSWORD_FILE,
            ConfigDef.Type.STRING,
            null,
            "Password file",
            "The file with the password on its first line. It is read at each login, on the machine"
                + " of the worker.")
        .optional(
            PASSWORD,
            ConfigDef.Type.PASSWORD,
            null,
            "Password",
            "The password, in place of a file. Give it through a config provider of the worker, so"
                + " that it is not stored in the configuration.")
        .optional(
            CA_FILE,
            ConfigDef.Type.STRING,
            null,
            "CA file",
            "PEM certificates to trust. Those of the JDK by default.")
        .optional(
            CERT_FILE,
            ConfigDef.Type.STRING,
            null,
            "Certificate file",
            "The PEM certificate, with its chain, to show to etcd.")
        .optional(
            KEY_FILE,
            ConfigDef.Type.STRING,
            null,
            "Key file",
            "The PEM private key of the certificate.");
  }

  /**
   * The side that the settings name. No file is read, and nothing is connected.
   *
   * @throws ConfigException if they do not fit each other
   */
  public static EtcdSide of(AbstractConfig config) {
    MirrorAddress address;
    try {
      address = MirrorAddress.parse(config.getString(ADDRESS));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          ADDRESS, config.getString(ADDRESS), "write v3:https://HOST:PORT or v2:http://HOST:PORT");
    }
    return new EtcdSide(address, access(config));
  }

  private static Access access(AbstractConfig config) {
    Access.Builder access = Access.builder();
    String user = config.getString(USER);
    Path file = path(config, PASSWORD_FILE);
    Password password = config.getPassword(PASSWORD);
    if ((user == null) != (file == null && password == null)) {
      throw new ConfigException(
          USER, user, "give the user with %s or %s, or none".formatted(PASSWORD_FILE, PASSWORD));
    }
    if (file != null && password != null) {
      throw new ConfigException(
          PASSWORD_FILE, file, "give %s or %s, not both".formatted(PASSWORD_FILE, PASSWORD));
    }
    if (user != null && file != null) {
      access.user(user, file);
    } else if (user != null && password != null) {
      access.user(user, password::value);
    }
    Path ca = path(config, CA_FILE);
    Path cert = path(config, CERT_FILE);
    Path key = path(config, KEY_FILE);
    if (ca != null) {
      access.caCert(ca);
    }
    if ((cert == null) != (key == null)) {
      throw new ConfigException(
          CERT_FILE, cert, "give %s and %s, or none".formatted(CERT_FILE, KEY_FILE));
    }
    if (cert != null && key != null) {
      access.certificate(cert, key);
    }
    return access.build();
  }

  private static @Nullable Path path(AbstractConfig config, String name) {
    String text = config.getString(name);
    try {
      return text == null ? null : Path.of(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(name, text, "this is no path of a file");
    }
  }

  /**
   * Makes a source. Nothing is connected yet.
   *
   * @throws ConfigException if there is no source at such an address
   */
  public EventSource source() {
    for (SourceProvider provider :
        ServiceLoader.load(SourceProvider.class, EtcdSide.class.getClassLoader())) {
      if (provider.scheme().equals(address.scheme()) && !provider.isRecording()) {
        try {
          return provider.createSource(new SourceSettings(address, access));
        } catch (IllegalArgumentException e) {
          throw wrong(String.valueOf(e.getMessage()));
        }
      }
    }
    throw wrong(
        "there is no source of the scheme '%s': write v3: or v2:".formatted(address.scheme()));
  }

  private ConfigException wrong(String why) {
    return new ConfigException(ADDRESS, address.toString(), why);
  }
}
