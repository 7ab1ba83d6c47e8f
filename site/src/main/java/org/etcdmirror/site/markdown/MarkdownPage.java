package org.etcdmirror.site.markdown;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;

/**
 * One page.
 *
 * @param path from the root of the repository, with slashes
 * @param document what Markdown makes of it
 * @param anchors the names of its headings
 */
public record MarkdownPage(String path, Node document, Anchors anchors) {

  /** What the pages use beside CommonMark. */
  public static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());

  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();

  /** Reads a page of the repository. */
  public static MarkdownPage read(Path root, String path) throws IOException {
    return of(path, Files.readString(root.resolve(path)));
  }

  /** Reads all pages that the project has for people. */
  public static List<MarkdownPage> all(Path root) throws IOException {
    List<MarkdownPage> pages = new ArrayList<>();
    try {
      MarkdownFiles.in(root)
          .forEach(path -> {
            try {
              pages.add(read(root, path));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return pages;
  }

  /** Makes a page of its text. */
  public static MarkdownPage of(String path, String text) {
    Node document = PARSER.parse(text);
    return new MarkdownPage(path, document, Anchors.of(document));
  }

  /** Returns the first heading; the path if there is none. */
  public String title() {
    return anchors.all().keySet().stream().findFirst().map(PlainText::of).orElse(path);
  }

  /** Returns where its links and pictures lead, as they are written. */
  public List<String> destinations() {
    List<String> found = new ArrayList<>();
    document.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Link link) {
            found.add(link.getDestination());
            visitChildren(link);
          }

          @Override
          public void visit(Image image) {
            found.add(image.getDestination());
            visitChildren(image);
          }
        });
    return found;
  }

  /** Returns the blocks of code, in the order of the page. */
  public List<CodeBlock> code() {
    List<CodeBlock> found = new ArrayList<>();
    document.accept(
        new AbstractVisitor() {
          @Override
          public void visit(FencedCodeBlock block) {
            String info = block.getInfo() == null ? "" : block.getInfo().strip();
            found.add(new CodeBlock(path, found.size() + 1, info, block.getLiteral()));
          }

          @Override
          public void visit(IndentedCodeBlock block) {
            found.add(new CodeBlock(path, found.size() + 1, "", block.getLiteral()));
          }
        });
    return found;
  }

  /** Returns the code within sentences and tables. */
  public List<String> words() {
    List<String> found = new ArrayList<>();
    document.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Code code) {
            found.add(code.getLiteral());
          }
        });
    return found;
  }

  /** Returns the part of a page from a heading to the next one, as plain text. */
  public String textBelow(Heading heading) {
    StringBuilder text = new StringBuilder();
    for (Node next = heading.getNext();
        next != null && !(next instanceof Heading);
        next = next.getNext()) {
      text.append(PlainText.of(next)).append(' ');
    }
    return text.toString().replaceAll("\\s+", " ").strip();
  }
}
