/** How often drafted tokens are accepted, against what any rule could reach and what is proved. */
@NullMarked
package dev.paceline.benchmarks.acceptance;

import org.jspecify.annotations.NullMarked;
