package org.etcdmirror.springboot;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the shop.
 *
 * @param discountPercent Taken off each price.
 * @param open Whether the shop sells anything.
 */
@ConfigurationProperties("shop")
public record ShopProperties(
    @DefaultValue("0") int discountPercent, @DefaultValue("true") boolean open) {}
