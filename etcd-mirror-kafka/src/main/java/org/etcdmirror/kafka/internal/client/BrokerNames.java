package org.etcdmirror.kafka.internal.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Asks DNS for the brokers. Kafka calls it a wrong setting if none is known now. */
final class BrokerNames {

  private BrokerNames() {}

  /**
   * Looks whether one of the brokers has an address.
   *
   * @throws IOException if none has one now
   */
  static void resolve(String brokers) throws IOException {
    for (String broker : brokers.split(",", -1)) {
      if (isKnown(broker.substring(0, Math.max(broker.lastIndexOf(':'), 0)))) {
        return;
      }
    }
    throw new IOException("no broker of '%s' has an address in DNS".formatted(brokers));
  }

  private static boolean isKnown(String host) {
    try {
      return InetAddress.getAllByName(host).length > 0;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
