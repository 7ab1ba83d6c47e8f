package org.etcdmirror.service.browser;

import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A page in a browser, as a person uses it. */
public final class Tab implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final DevTools tools;

  private Tab(DevTools tools) {
    this.tools = tools;
  }

  static Tab open(int port, URI page) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/json/new?about:blank".formatted(port)))
            .PUT(BodyPublishers.noBody())
            .build();
    String target = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    URI address = URI.create(JSON.readTree(target).get("webSocketDebuggerUrl").textValue());
    Tab tab = new Tab(new DevTools(address));
    for (String domain : List.of("Page", "Runtime", "Log")) {
      tab.tools.call(domain + ".enable", Map.of());
    }
    tab.size(1000, 800);
    tab.tools.call("Page.navigate", Map.of("url", page.toString()));
    return tab;
  }

  /** Sets the size of the window, in pixels. */
  public void size(int width, int height) throws Exception {
    tools.call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
  }

  /** Prefers {@code dark} or {@code light} colours. */
  public void prefer(String colours) throws Exception {
    Map<String, String> feature = Map.of("name", "prefers-color-scheme", "value", colours);
    tools.call("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
  }

  /** Returns the value of an expression of JavaScript. */
  public JsonNode evaluate(String expression) throws Exception {
    JsonNode result =
        tools.call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
    }
    return result.get("result").path("value");
  }

  /** Returns the text that a person sees in the first element that a selector finds. */
  public String text(String selector) throws Exception {
    String seen =
        "((one) => one?.checkVisibility() ? one.innerText : '')(document.querySelector(%s))";
    return evaluate(seen.formatted(quoted(selector))).textValue();
  }

  /** Waits until a person sees a text in an element; it is compared in small letters. */
  public void await(String selector, String part) throws Exception {
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .failFast("the page failed", () -> tools.events().stream().anyMatch(Tab::isException))
          .until(() -> text(selector).toLowerCase(Locale.ROOT), text -> text.contains(part));
    } catch (ConditionTimeoutException e) {
      String page = evaluate("document.body.innerText").textValue();
      String focused = evaluate("document.activeElement.outerHTML").textValue();
      throw new AssertionError(
          "'%s' is not in %s. The focus is on %s. The page:%n%s"
              .formatted(part, selector, focused, page),
          e);
    }
  }

  /** Moves the focus to an element, as the Tab key does. */
  public void focus(String selector) throws Exception {
    evaluate("document.querySelector(%s).focus()".formatted(quoted(selector)));
  }

  /** Presses and releases a key: Enter, Tab or Escape. */
  public void press(String key) throws Exception {
    int code = Map.of("Enter", 13, "Tab", 9, "Escape", 27).get(key);
    String text = key.equals("Enter") ? "\r" : "";
    for (String type : List.of("keyDown", "keyUp")) {
      tools.call(
          "Input.dispatchKeyEvent",
          Map.of(
              "type", type, "key", key, "code", key, "windowsVirtualKeyCode", code, "text", text));
    }
  }

  /** Writes into the element that has the focus. */
  public void type(String text) throws Exception {
    tools.call("Input.insertText", Map.of("text", text));
  }

  /** Writes a picture of the whole page. */
  public void picture(Path file) throws Exception {
    int width = evaluate("document.documentElement.clientWidth").intValue();
    int height = evaluate("Math.ceil(document.body.getBoundingClientRect().bottom)").intValue();
    Map<String, ?> clip = Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1);
    JsonNode picture =
        tools.call(
            "Page.captureScreenshot",
            Map.of("format", "png", "captureBeyondViewport", true, "clip", clip));
    Files.createDirectories(file.getParent());
    Files.write(file, Base64.getDecoder().decode(picture.get("data").textValue()));
  }

  /** Returns what the browser complains about: errors of scripts, and what a policy forbids. */
  public List<String> complaints() {
    return tools.events().stream()
        .filter(event -> isException(event) || isForbidden(event))
        .map(JsonNode::toString)
        .toList();
  }

  private static boolean isException(JsonNode event) {
    return event.get("method").textValue().equals("Runtime.exceptionThrown");
  }

  private static boolean isForbidden(JsonNode event) {
    return event.at("/params/entry/source").asText().equals("security");
  }

  private static String quoted(String text) throws Exception {
    return JSON.writeValueAsString(text);
  }

  @Override
  public void close() throws Exception {
    tools.call("Page.close", Map.of());
    tools.close();
  }
}
