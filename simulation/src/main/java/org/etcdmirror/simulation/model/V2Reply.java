package org.etcdmirror.simulation.model;

/**
 * An answer of the v2 API.
 *
 * @param status of HTTP
 * @param index the store's, or the change's
 */
record V2Reply(int status, long index, String body) {}
