package org.etcdmirror.springboot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Tells prices by the settings as they are now. */
@SpringBootApplication
@RestController
public class Shop {

  private final Live<ShopProperties> settings;

  Shop(Live<ShopProperties> settings) {
    this.settings = settings;
  }

  /** Runs the shop. */
  public static void main(String[] args) {
    SpringApplication.run(Shop.class, args);
  }

  @GetMapping("/price/{cents}")
  String price(@PathVariable int cents) {
    ShopProperties now = settings.get();
    return now.open() ? cents * (100 - now.discountPercent()) / 100 + " cents" : "closed";
  }
}
