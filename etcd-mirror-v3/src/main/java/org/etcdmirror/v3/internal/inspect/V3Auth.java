package org.etcdmirror.v3.internal.inspect;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.MissingRight;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.AuthGrpc;
import org.etcdmirror.v3.rpc.AuthRoleGetRequest;
import org.etcdmirror.v3.rpc.AuthUserGetRequest;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.Permission;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.jspecify.annotations.Nullable;

/** Reads what a user may do. A user may read its own roles. */
final class V3Auth {

  private static final String ROOT = "root";

  private final V3Client client;
  private final List<String> endpoints;
  private final Access access;

  V3Auth(V3Client client, List<String> endpoints, Access access) {
    this.client = client;
    this.endpoints = endpoints;
    this.access = access;
  }

  Grants grants() throws IOException, InterruptedException {
    if (isOff()) {
      return Grants.EVERYTHING;
    }
    String user = user();
    return user == null ? new NoUser() : grants(user);
  }

  /**
   * Asks without a password: where authentication is on, this is denied, unless the certificate
   * names a user who may read.
   */
  private boolean isOff() throws IOException, InterruptedException {
    Access anonymous =
        new Access(
            null, null, access.caCert(), access.cert(), access.key(), null, access.certificates());
    try (V3Client stranger = V3Client.connect(endpoints, anonymous)) {
      stranger.read(
          KVGrpc.getRangeMethod(),
          RangeRequest.newBuilder()
              .setKey(KeyRange.FIRST_KEY)
              .setKeysOnly(true)
              .setLimit(1)
              .build());
      return true;
    } catch (PermanentException denied) {
      return false;
    }
  }

  /** The user who logs in, or the one whom the certificate names. */
  private @Nullable String user() throws IOException {
    Path cert = access.cert();
    return access.user() != null || cert == null ? access.user() : CertificateUser.of(cert);
  }

  private Grants grants(String user) throws IOException, InterruptedException {
    List<String> names =
        client
            .read(
                AuthGrpc.getUserGetMethod(), AuthUserGetRequest.newBuilder().setName(user).build())
            .getRolesList();
    if (user.equals(ROOT) || names.contains(ROOT)) {
      return Grants.EVERYTHING;
    }
    Map<String, List<Permission>> roles = new HashMap<>();
    for (String name : names) {
      roles.put(
          name,
          client
              .read(
                  AuthGrpc.getRoleGetMethod(),
                  AuthRoleGetRequest.newBuilder().setRole(name).build())
              .getPermList());
    }
    return new UserGrants(user, roles);
  }

  /** Nobody, where authentication is on. */
  private static final class NoUser implements Grants {

    @Override
    public boolean allow(KeyRange range, Right right) {
      return false;
    }

    @Override
    public MissingRight missing(KeyRange range, Right right) {
      return new MissingRight(
          "authentication is on and no user is configured; it needs %s on %s"
              .formatted(right, range.describe()),
          "give a user and a password file");
    }
  }
}
