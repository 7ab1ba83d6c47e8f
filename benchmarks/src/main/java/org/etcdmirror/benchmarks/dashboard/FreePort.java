package org.etcdmirror.benchmarks.dashboard;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A port of the loopback interface, for a program that must be told one. */
final class FreePort {

  private FreePort() {}

  static int take() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}
