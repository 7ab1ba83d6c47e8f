package org.etcdmirror.benchmarks.kafka;

/** Writes each change below a prefix to a topic, from its start to its end. */
interface ToKafka extends AutoCloseable {

  /** Makes one, which has begun when this returns. */
  @FunctionalInterface
  interface Contestant {

    /**
     * Starts.
     *
     * @param after the revision of etcd behind which it begins, if it is new
     */
    ToKafka start(long after) throws Exception;
  }

  /** Ends in order. */
  @Override
  void close() throws Exception;
}
