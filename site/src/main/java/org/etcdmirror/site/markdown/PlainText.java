package org.etcdmirror.site.markdown;

import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;

/** The words of a part of a page, as a person reads them. */
public final class PlainText extends AbstractVisitor {

  private final StringBuilder text = new StringBuilder();

  private PlainText() {}

  /** Returns the words of a node and all below it. */
  public static String of(Node node) {
    PlainText words = new PlainText();
    node.accept(words);
    return words.text.toString();
  }

  @Override
  public void visit(Text node) {
    text.append(node.getLiteral());
  }

  @Override
  public void visit(Code node) {
    text.append(node.getLiteral());
  }

  @Override
  public void visit(FencedCodeBlock node) {
    text.append(node.getLiteral());
  }

  @Override
  public void visit(IndentedCodeBlock node) {
    text.append(node.getLiteral());
  }

  @Override
  public void visit(SoftLineBreak node) {
    text.append(' ');
  }

  @Override
  public void visit(HardLineBreak node) {
    text.append(' ');
  }

  /** Cells of tables and items of lists do not run into each other. */
  @Override
  protected void visitChildren(Node parent) {
    for (Node child = parent.getFirstChild(); child != null; child = child.getNext()) {
      child.accept(this);
      if (!isInline(child)) {
        text.append(' ');
      }
    }
  }

  private static boolean isInline(Node node) {
    return node instanceof Text
        || node instanceof Code
        || node instanceof org.commonmark.node.Emphasis
        || node instanceof org.commonmark.node.StrongEmphasis
        || node instanceof org.commonmark.node.Link
        || node instanceof org.commonmark.node.Image;
  }
}
