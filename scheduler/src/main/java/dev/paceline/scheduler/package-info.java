/**
 * Decides which target server serves which draft client, and with what share of uplink and compute.
 */
@NullMarked
package dev.paceline.scheduler;

import org.jspecify.annotations.NullMarked;
