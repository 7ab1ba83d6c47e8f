package org.etcdmirror.site;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.renderer.html.AttributeProvider;
import org.commonmark.renderer.html.HtmlRenderer;
import org.etcdmirror.site.markdown.MarkdownPage;

/** Makes HTML of pages, and remembers what is wrong with them and which files they need. */
final class PageRenderer {

  private final Links links;
  private final List<String> problems = new ArrayList<>();
  private final Set<Path> assets = new TreeSet<>();

  PageRenderer(Links links) {
    this.links = links;
  }

  /** What is wrong with the pages so far, one line each. */
  List<String> problems() {
    return problems;
  }

  /** The files that the pages so far show. */
  Set<Path> assets() {
    return assets;
  }

  /** The content of a page. Changes the links of its document, so it is to be called once. */
  String render(MarkdownPage page) {
    page.document()
        .accept(
            new AbstractVisitor() {
              @Override
              public void visit(Link link) {
                link.setDestination(address(page, link.getDestination()));
                visitChildren(link);
              }

              @Override
              public void visit(Image image) {
                image.setDestination(address(page, image.getDestination()));
                visitChildren(image);
              }
            });
    return HtmlRenderer.builder()
        .extensions(MarkdownPage.EXTENSIONS)
        // A page has no HTML of its own, so that none can bring a script.
        .escapeHtml(true)
        .attributeProviderFactory(context -> new Attributes(page))
        .build()
        .render(page.document());
  }

  private String address(MarkdownPage page, String destination) {
    try {
      Links.Target target = links.resolve(page, destination);
      if (target.asset() != null) {
        assets.add(target.asset());
      }
      return target.address();
    } catch (BrokenLinkException e) {
      problems.add("%s: %s".formatted(page.path(), e.getMessage()));
      return destination;
    }
  }

  private record Attributes(MarkdownPage page) implements AttributeProvider {

    @Override
    public void setAttributes(Node node, String tag, Map<String, String> attributes) {
      String anchor = node instanceof Heading ? page.anchors().all().get(node) : null;
      if (anchor != null) {
        attributes.put("id", anchor);
      } else if (node instanceof TableBlock && tag.equals("table")) {
        attributes.put("tabindex", "0");
      } else if (node instanceof Image) {
        attributes.put("loading", "lazy");
      }
    }
  }
}
