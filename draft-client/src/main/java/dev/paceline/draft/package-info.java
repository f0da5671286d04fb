/**
 * The draft client: drafts on the device, streams draft tokens to a target server and shows the
 * verified text.
 */
@NullMarked
package dev.paceline.draft;

import org.jspecify.annotations.NullMarked;
