package org.etcdmirror.testkit;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSource;

class EventSourceContractTest extends EventSourceContract {

  private final ReferenceSource reference = new ReferenceSource();

  @Override
  protected EventSource createSource() {
    return reference;
  }

  @Override
  protected long put(String key, String value) {
    return reference.add(Bytes.utf8(key), Bytes.utf8(value));
  }

  @Override
  protected long delete(String key) {
    return reference.add(Bytes.utf8(key), null);
  }
}
