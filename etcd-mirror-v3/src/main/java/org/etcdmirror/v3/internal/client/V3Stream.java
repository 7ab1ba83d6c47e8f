package org.etcdmirror.v3.internal.client;

import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import org.etcdmirror.v3.internal.keys.KeyRange;

/**
 * A call that lasts.
 *
 * @param member the member that answers it
 * @param asked by what the request is known
 * @param range the keys that it is about; one empty key if it is about none
 */
public record V3Stream<Q, R>(
    ClientCall<Q, R> call,
    V3Member member,
    MethodDescriptor<Q, R> method,
    V3Asked asked,
    KeyRange range) {}
