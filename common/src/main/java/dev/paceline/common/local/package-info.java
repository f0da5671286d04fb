/**
 * How a command of one module runs the server of another in the same process, without depending on
 * it.
 */
@NullMarked
package dev.paceline.common.local;

import org.jspecify.annotations.NullMarked;
