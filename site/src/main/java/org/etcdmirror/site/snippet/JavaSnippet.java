package org.etcdmirror.site.snippet;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.etcdmirror.site.markdown.CodeBlock;

/**
 * Compiles an example of a page with the class path of the running program. An example is members
 * of a class, or statements, or an expression without its end.
 *
 * @param imports the packages and classes that the example uses, such as {@code java.util.*}
 * @param around members that the example uses and does not show
 */
public record JavaSnippet(List<String> imports, String around) {

  /**
   * Compiles an example.
   *
   * @param classes where the compiler may write
   * @return what is wrong, one message each; empty if it compiles
   */
  public List<String> errors(CodeBlock example, Path classes) throws IOException {
    String code = example.code();
    List<String> asMembers = compile(code, classes);
    if (asMembers.isEmpty()) {
      return asMembers;
    }
    if (compile("void run() throws Exception {\n" + code + "}\n", classes).isEmpty()) {
      return List.of();
    }
    List<String> asExpression =
        compile("Object it() throws Exception { return\n" + code + ";}\n", classes);
    // The end of an example tells what it was meant to be.
    return asExpression.isEmpty() || !code.strip().endsWith("}") ? asExpression : asMembers;
  }

  private List<String> compile(String members, Path classes) throws IOException {
    StringBuilder source = new StringBuilder();
    imports.forEach(one -> source.append("import ").append(one).append(";\n"));
    source.append("class Example {\n").append(around).append('\n').append(members).append("}\n");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IOException("this Java has no compiler: run the tests on a JDK, not a JRE");
    }
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
      List<String> options = List.of("-proc:none", "-Xlint:none", "-d", classes.toString());
      compiler
          .getTask(
              new StringWriter(),
              files,
              found,
              options,
              null,
              List.of(new Source(source.toString())))
          .call();
    }
    return found.getDiagnostics().stream()
        .filter(one -> one.getKind() == Diagnostic.Kind.ERROR)
        .map(one -> "line %d: %s".formatted(one.getLineNumber(), one.getMessage(Locale.ROOT)))
        .toList();
  }

  private static final class Source extends SimpleJavaFileObject {

    private final String code;

    Source(String code) {
      super(URI.create("string:///Example.java"), Kind.SOURCE);
      this.code = code;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }
  }
}
