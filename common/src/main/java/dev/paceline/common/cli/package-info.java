/** The one launcher and the interface by which it finds the commands of every module. */
@NullMarked
package dev.paceline.common.cli;

import org.jspecify.annotations.NullMarked;
