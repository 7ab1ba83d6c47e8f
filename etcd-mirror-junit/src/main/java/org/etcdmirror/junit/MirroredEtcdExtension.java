package org.etcdmirror.junit;

import org.etcdmirror.core.MirrorScope;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** Makes the pairs that parameters ask for; JUnit closes them with what they are stored in. */
final class MirroredEtcdExtension implements ParameterResolver {

  private static final Namespace PAIRS = Namespace.create(MirroredEtcdExtension.class);

  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == MirroredPair.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    MirroredEtcd wanted =
        AnnotationSupport.findAnnotation(
                context.getRequiredTestClass(),
                MirroredEtcd.class,
                context.getEnclosingTestClasses())
            .orElseThrow();
    MirroredPair pair =
        new MirroredPair(
            wanted.source(),
            wanted.sink(),
            MirrorScope.of(wanted.prefix()),
            ReflectionSupport.newInstance(wanted.customizer()));
    context.getStore(PAIRS).put(pair, pair);
    if (wanted.started()) {
      pair.start();
    }
    return pair;
  }
}
