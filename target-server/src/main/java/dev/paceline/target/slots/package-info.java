/**
 * The KV slots of one device: how many fit ({@link dev.paceline.target.slots.SlotSizing}), who
 * holds which, and what each still remembers ({@link dev.paceline.target.slots.SlotTable}).
 *
 * <p>A slot is a preallocated run of positions in the key and value tensors. It is <i>live</i>
 * while a session holds it and <i>free</i> otherwise; a free slot keeps the tokens whose keys and
 * values it holds, so that a session that comes back, or another one with the same prompt, starts
 * behind its longest common prefix. This package moves no tensors: it says which positions are
 * valid and the engine acts on it.
 */
@NullMarked
package dev.paceline.target.slots;

import org.jspecify.annotations.NullMarked;
