package org.etcdmirror.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a wrong link without a stack trace. */
final class LinkPropertyFailureAnalyzer extends AbstractFailureAnalyzer<LinkPropertyException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, LinkPropertyException cause) {
    String action = cause.action();
    return new FailureAnalysis(
        String.valueOf(cause.getMessage()),
        Character.toUpperCase(action.charAt(0)) + action.substring(1) + ".",
        cause);
  }
}
