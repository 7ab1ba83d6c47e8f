package org.etcdmirror.testkit.etcd;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * An etcd in a container, for machines without one of their own. Docker gives a restarted container
 * another port, so what needs a restart is refused.
 */
final class EtcdContainer implements EtcdProcess {

  private static final int PORT = 2379;
  private static final int TAIL = 4_000;
  private static final String NAME = "in-container";
  private static final Pattern VERSION = Pattern.compile("\"etcdserver\":\"([^\"]+)\"");

  private final GenericContainer<?> container;
  private boolean suspended;

  EtcdContainer(boolean v2, List<String> extraFlags) {
    this.container =
        new GenericContainer<>(DockerImageName.parse("debian:bookworm-slim"))
            .withExposedPorts(PORT)
            .withCommand("sh", "-c", command(v2, extraFlags))
            .withStartupTimeout(Duration.ofMinutes(5));
  }

  /** Whether there is a Docker engine that answers. */
  static boolean isPossible() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  private static String command(boolean v2, List<String> extraFlags) {
    StringBuilder flags = new StringBuilder();
    flags.append(" --name=").append(NAME);
    flags.append(" --data-dir=/var/tmp/etcd");
    flags.append(" --listen-client-urls=http://0.0.0.0:").append(PORT);
    flags.append(" --advertise-client-urls=http://127.0.0.1:").append(PORT);
    if (v2) {
      flags.append(" --enable-v2=true");
    }
    extraFlags.forEach(flag -> flags.append(" '").append(flag.replace("'", "'\\''")).append('\''));
    return "apt-get update -q && apt-get install -q -y --no-install-recommends etcd-server"
        + " && exec etcd"
        + flags;
  }

  @Override
  public URI clientUrl() {
    return URI.create("http://" + container.getHost() + ":" + container.getMappedPort(PORT));
  }

  @Override
  public URI tlsUrl() {
    throw unsupported("TLS");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void launch() {
    container.start();
  }

  @Override
  public boolean ends(Duration patience) {
    if (container.isRunning()) {
      LockSupport.parkNanos(patience.toNanos());
    }
    return !container.isRunning();
  }

  @Override
  public void stop() {
    throw unsupported("stop");
  }

  @Override
  public void kill() {
    throw unsupported("kill");
  }

  @Override
  public void suspend() {
    container.getDockerClient().pauseContainerCmd(container.getContainerId()).exec();
    suspended = true;
  }

  @Override
  public void resume() {
    if (suspended) {
      container.getDockerClient().unpauseContainerCmd(container.getContainerId()).exec();
      suspended = false;
    }
  }

  @Override
  public void deleteData(boolean keepClusterId) {
    throw unsupported("wipe");
  }

  @Override
  public String version() {
    try {
      URI url = clientUrl().resolve("/version");
      Matcher version =
          VERSION.matcher(Http.request("GET", url, null, "", Duration.ofSeconds(5)).body());
      return version.find() ? version.group(1) : "unknown";
    } catch (IOException e) {
      return "unknown";
    }
  }

  @Override
  public Path log() {
    throw unsupported("log");
  }

  @Override
  public String tailOfLog() {
    String all = container.getLogs();
    return all.substring(Math.max(0, all.length() - TAIL));
  }

  @Override
  public void destroy() {
    container.stop();
  }

  private static UnsupportedOperationException unsupported(String operation) {
    return new UnsupportedOperationException(
        operation
            + " does not work with an etcd in a container: set ETCD_BIN or run"
            + " scripts/install-etcd.sh");
  }
}
