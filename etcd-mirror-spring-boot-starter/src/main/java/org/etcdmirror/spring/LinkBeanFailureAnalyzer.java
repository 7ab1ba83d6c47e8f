package org.etcdmirror.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains beans that do not fit the links, without a stack trace. */
final class LinkBeanFailureAnalyzer extends AbstractFailureAnalyzer<LinkBeanException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, LinkBeanException cause) {
    return new FailureAnalysis(
        LinkPropertyFailureAnalyzer.sentence(cause.problem()),
        LinkPropertyFailureAnalyzer.sentence(cause.action()),
        cause);
  }
}
