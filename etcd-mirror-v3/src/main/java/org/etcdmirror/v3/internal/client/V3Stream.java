package org.etcdmirror.v3.internal.client;

import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;

/** A call that lasts, the member that it is with, and what it asks for. */
public record V3Stream<Q, R>(
    ClientCall<Q, R> call, V3Member member, MethodDescriptor<Q, R> method, V3Asked asked) {}
