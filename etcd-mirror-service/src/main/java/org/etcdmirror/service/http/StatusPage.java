package org.etcdmirror.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The page for people at {@code /}, with the files that it loads. All of it is in this program, and
 * the browser is told to load nothing else.
 */
final class StatusPage {

  /** Also refuses markup that a script makes of text, as keys and errors are written by others. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'";

  private static final String DIRECTORY = "/page/";
  private static final List<String> PARTS =
      List.of(
          "approve.js",
          "icon.svg",
          "link.js",
          "main.js",
          "page.css",
          "plot.js",
          "states.js",
          "text.js");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private final Map<String, StatusReply> replies = new HashMap<>();

  StatusPage() {
    replies.put("/", read("index.html"));
    PARTS.forEach(part -> replies.put(DIRECTORY + part, read(part)));
  }

  /** Returns the file at a path; null if there is none. */
  @Nullable StatusReply at(String path) {
    return replies.get(path);
  }

  /** Tells a browser what a reply may load and who may show it. */
  static void restrict(Headers headers) {
    headers.set("Content-Security-Policy", POLICY);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
  }

  private static StatusReply read(String name) {
    String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    try (InputStream in = StatusPage.class.getResourceAsStream("page/" + name)) {
      if (in == null || type == null) {
        throw new IllegalStateException("the program lacks its file " + name);
      }
      return new StatusReply(200, type, new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
