package org.etcdmirror.testkit.junit;

import java.util.Set;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.EtcdServerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Starts the servers that parameters ask for; JUnit closes them with what they are stored in. */
final class EtcdExtension implements ParameterResolver {

  private static final Namespace SERVERS = Namespace.create(EtcdExtension.class);
  private static final int MEMBERS = 3;

  private final @Nullable EtcdBinary binary;

  /** With servers of the default etcd. */
  EtcdExtension() {
    this.binary = null;
  }

  /** With servers of this etcd, for one run of a test. */
  EtcdExtension(EtcdBinary binary) {
    this.binary = binary;
  }

  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    if (binary != null) {
      return Set.of(EtcdServer.class, EtcdCluster.class, EtcdBinary.class)
          .contains(type(parameter));
    }
    // Each run of such a test has an extension of its own.
    return Set.of(EtcdServer.class, EtcdCluster.class).contains(type(parameter))
        && !AnnotationSupport.isAnnotated(context.getTestMethod(), OnEachEtcd.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (binary != null && type(parameter) == EtcdBinary.class) {
      return binary;
    }
    EtcdServerBuilder builder = builder(context);
    AutoCloseable started =
        type(parameter) == EtcdCluster.class ? builder.startCluster(MEMBERS) : builder.start();
    context.getStore(SERVERS).put(started, started);
    return started;
  }

  private EtcdServerBuilder builder(ExtensionContext context) {
    EtcdServerBuilder builder = EtcdServer.builder();
    if (binary != null) {
      builder.binary(binary);
    }
    AnnotationSupport.findAnnotation(
            context.getRequiredTestClass(), EtcdTest.class, context.getEnclosingTestClasses())
        .ifPresent(test -> builder.enableV2(test.v2()).extraFlags(test.flags()));
    return builder;
  }

  private static Class<?> type(ParameterContext parameter) {
    return parameter.getParameter().getType();
  }
}
