package org.etcdmirror.testkit;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.IndexStore;
import org.jspecify.annotations.Nullable;

class IndexStoreContractTest extends IndexStoreContract {

  private final List<AtomicReference<@Nullable Checkpoint>> places =
      List.of(new AtomicReference<>(), new AtomicReference<>());

  @Override
  protected IndexStore openStore(int place) {
    return new ReferenceStore(places.get(place));
  }
}
