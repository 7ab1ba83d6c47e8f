package org.etcdmirror.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a wrong link without a stack trace. */
final class LinkPropertyFailureAnalyzer extends AbstractFailureAnalyzer<LinkPropertyException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, LinkPropertyException cause) {
    return new FailureAnalysis(String.valueOf(cause.getMessage()), sentence(cause.action()), cause);
  }

  static String sentence(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
  }
}
