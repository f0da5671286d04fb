/** The target server: verifies the drafts of many sessions and decodes for those that have none. */
@NullMarked
package dev.paceline.target;

import org.jspecify.annotations.NullMarked;
