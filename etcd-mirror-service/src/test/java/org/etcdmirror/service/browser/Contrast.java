package org.etcdmirror.service.browser;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * How well the texts and pictures of a page stand out, by the contrast ratio of the Web Content
 * Accessibility Guidelines 2.2: from 1, which cannot be seen, to 21, which is black on white.
 */
public final class Contrast {

  /** Level AA of the guidelines for text. */
  public static final double TEXT = 4.5;

  /** The same for parts of a picture that are needed to understand it. */
  public static final double PICTURE = 3;

  private static final String MEASURE =
      """
      (() => {
        const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        // What one sees if layers of colours lie upon each other, the lowest first.
        const mix = (colours) => {
          canvas.clearRect(0, 0, 1, 1);
          for (const colour of colours) {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
          }
          return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
        };
        const light = (colour) => {
          const [red, green, blue] = colour.map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const ratio = (one, other) => {
          const [less, more] = [light(one), light(other)].sort((a, b) => a - b);
          return (more + 0.05) / (less + 0.05);
        };
        const behind = (element) => {
          const colours = [];
          for (let each = element; each; each = each.parentElement) {
            colours.unshift(getComputedStyle(each).backgroundColor);
          }
          return ['white', ...colours];
        };
        const measured = [];
        const add = (element, colour, text, least) => {
          const ground = behind(element);
          const got = ratio(mix(ground), mix([...ground, colour]));
          measured.push({ text, ratio: got, least });
        };
        for (const element of document.querySelectorAll('body *')) {
          if (!element.checkVisibility()) {
            continue;
          }
          const style = getComputedStyle(element);
          const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)
            .map((node) => node.textContent.trim()).join('');
          if (element.matches('path.line')) {
            add(element, style.stroke, `plot ${element.parentElement.getAttribute('aria-label')}`, %2$s);
          } else if (element.matches('.state path')) {
            add(element, style.fill, 'sign of the state', %2$s);
          } else if (own) {
            add(element, style.color, own, %1$s);
          }
        }
        return measured;
      })()
      """
          .formatted(TEXT, PICTURE);

  private Contrast() {}

  /** Returns what is too faint, each with its ratio; fails if the page shows nothing. */
  public static List<String> tooFaint(Tab tab) throws Exception {
    JsonNode measured = tab.evaluate(MEASURE);
    if (measured.isEmpty()) {
      throw new AssertionError("the page shows nothing");
    }
    List<String> faint = new ArrayList<>();
    for (JsonNode each : measured) {
      if (each.get("ratio").doubleValue() < each.get("least").doubleValue()) {
        faint.add(
            "%s: %.2f".formatted(each.get("text").textValue(), each.get("ratio").doubleValue()));
      }
    }
    return faint;
  }
}
