package org.etcdmirror.jdbcsink;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the PostgreSQL of this JVM, which JUnit closes at the end. */
final class PostgresExtension implements ParameterResolver {

  private static final Namespace SERVER = Namespace.create(PostgresExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == PostgresServer.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(SERVER)
        .getOrComputeIfAbsent(PostgresServer.class, type -> start(), PostgresServer.class);
  }

  private static PostgresServer start() {
    try {
      return PostgresServer.start();
    } catch (Exception e) {
      throw new IllegalStateException("PostgreSQL does not start", e);
    }
  }
}
