/**
 * Verification rules: given a run of draft tokens and what the target says about each place, which
 * tokens are put out.
 */
@NullMarked
package dev.paceline.common.verification;

import org.jspecify.annotations.NullMarked;
