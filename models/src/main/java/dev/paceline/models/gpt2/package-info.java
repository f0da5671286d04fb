/**
 * GPT-2 checkpoints in HuggingFace's layout: {@code config.json} and one or several safetensors
 * files. Everything that a folder may leave open (prefix of the names, shards, tied head, buffers
 * that are not weights) is settled here; what comes out has one canonical form.
 */
@NullMarked
package dev.paceline.models.gpt2;

import org.jspecify.annotations.NullMarked;
