/** What drafting and sending cost a battery, and what a low one asks for. */
@NullMarked
package dev.paceline.common.energy;

import org.jspecify.annotations.NullMarked;
