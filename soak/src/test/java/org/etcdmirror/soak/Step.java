package org.etcdmirror.soak;

import java.time.Duration;

/**
 * One fault of a schedule.
 *
 * @param onSource whether it is the source's, where a side has it; else the sink's
 * @param member which member it meets, where it meets one
 * @param amount from 0 to 99, where a fault is more or less strong
 * @param hold how long it lasts
 * @param pause how long until the next one begins, from its beginning: it may overlap
 */
record Step(
    int number,
    Fault fault,
    boolean onSource,
    int member,
    int amount,
    Duration hold,
    Duration pause) {

  Cluster cluster(Stage stage) {
    return onSource ? stage.source() : stage.sink();
  }

  Keyspace keyspace(Stage stage) {
    return onSource ? stage.sourceKeys() : stage.sinkKeys();
  }
}
