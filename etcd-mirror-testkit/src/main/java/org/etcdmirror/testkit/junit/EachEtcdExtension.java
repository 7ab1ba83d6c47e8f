package org.etcdmirror.testkit.junit;

import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a test on each etcd. */
final class EachEtcdExtension implements TestTemplateInvocationContextProvider {

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return true;
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    return EtcdBinary.all().stream().map(Run::new);
  }

  private record Run(EtcdBinary binary) implements TestTemplateInvocationContext {

    @Override
    public String getDisplayName(int invocation) {
      return binary.toString();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new EtcdExtension(binary));
    }
  }
}
