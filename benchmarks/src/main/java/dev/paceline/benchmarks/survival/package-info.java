/**
 * What happens to texts whose servers are killed, whose links are cut and that are moved about: is
 * each still the target's own, and how much later does it end? A {@link
 * dev.paceline.benchmarks.survival.Site} is a client with servers behind proxies, a {@link
 * dev.paceline.benchmarks.survival.Fault} what happens there.
 */
@NullMarked
package dev.paceline.benchmarks.survival;

import org.jspecify.annotations.NullMarked;
