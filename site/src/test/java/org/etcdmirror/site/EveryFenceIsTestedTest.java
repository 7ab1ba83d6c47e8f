package org.etcdmirror.site;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.etcdmirror.site.markdown.CodeBlock;
import org.etcdmirror.site.markdown.MarkdownPage;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** No page has code that nothing tries. */
class EveryFenceIsTestedTest {

  private static final String EMBEDDING =
      "examples/embedding/src/test/java/org/etcdmirror/embedding/ReadmeTest.java";
  private static final String STARTER =
      "etcd-mirror-spring-boot-starter/src/test/java/org/etcdmirror/spring/SpringBootDocTest.java";
  private static final String KAFKA =
      "etcd-mirror-kafka/src/test/java/org/etcdmirror/kafka/KafkaDocTest.java";
  private static final String CONNECT =
      "etcd-mirror-kafka-connect/src/test/java/org/etcdmirror/kafka/connect/source/KafkaConnectDocTest.java";
  private static final String TESTKIT =
      "etcd-mirror-junit/src/test/java/org/etcdmirror/junit/TestkitPageTest.java";
  private static final String SERVICE =
      "etcd-mirror-service/src/test/java/org/etcdmirror/service/config/DocConfigTest.java";

  /** The test that tries the code of a language on a page. It names the page. */
  private static final Map<String, String> TESTS =
      Map.ofEntries(
          entry("java README.md", EMBEDDING),
          entry("java docs/embed.md", EMBEDDING),
          entry("java docs/kafka.md", KAFKA),
          entry("java docs/metrics.md", STARTER),
          entry("java docs/spring-boot.md", STARTER),
          entry("java docs/testkit.md", TESTKIT),
          entry("json docs/kafka-connect.md", CONNECT),
          entry("yaml docs/metrics.md", STARTER),
          entry("yaml docs/spring-boot.md", STARTER),
          entry("yaml docs/service.md", SERVICE),
          entry("yaml docs/move-a-cluster.md", SERVICE));

  private static final Pattern SCRIPT = Pattern.compile("\\bscripts/([a-z0-9-]+\\.sh)\\b");

  @Test
  void eachFenceHasATestThatNamesItsPage() throws Exception {
    Set<String> found = new TreeSet<>();
    for (CodeBlock block : blocks()) {
      if (!block.language().isEmpty() && !block.language().equals("xml")) {
        found.add(block.language() + " " + block.page());
      }
    }

    assertThat(found)
        .as("add a test for the code, and name it here")
        .isEqualTo(new TreeSet<>(TESTS.keySet()));
    for (Map.Entry<String, String> one : TESTS.entrySet()) {
      assertThat(Files.readString(Repository.ROOT.resolve(one.getValue())))
          .as(one.toString())
          .contains(one.getKey().substring(one.getKey().indexOf(' ') + 1));
    }
  }

  @Test
  void xmlIsWellFormed() throws Exception {
    int parsed = 0;
    for (CodeBlock block : blocks()) {
      if (block.language().equals("xml")) {
        assertThat(isWellFormed(block.code())).as(block.where()).isTrue();
        parsed++;
      }
    }
    assertThat(parsed).isGreaterThan(3);
    assertThat(isWellFormed("<a><b></a>")).isFalse();
  }

  private static boolean isWellFormed(String xml) throws Exception {
    var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    builder.setErrorHandler(new DefaultHandler());
    try {
      // An example may have several elements.
      builder.parse(new InputSource(new StringReader("<all>" + xml + "</all>")));
      return true;
    } catch (SAXException e) {
      return false;
    }
  }

  @Test
  void eachScriptThatAPageNamesIsThere() throws Exception {
    Set<String> missing = new TreeSet<>();
    for (MarkdownPage page : MarkdownPage.all(Repository.ROOT)) {
      Matcher script = SCRIPT.matcher(Files.readString(Repository.ROOT.resolve(page.path())));
      while (script.find()) {
        Path file = Repository.ROOT.resolve("scripts").resolve(script.group(1));
        if (!Files.isExecutable(file)) {
          missing.add(page.path() + ": " + script.group());
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  private static List<CodeBlock> blocks() throws Exception {
    List<CodeBlock> blocks = new ArrayList<>();
    MarkdownPage.all(Repository.ROOT).forEach(page -> blocks.addAll(page.code()));
    return blocks;
  }
}
