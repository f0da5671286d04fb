/**
 * GPT-2 models as files and as programs: checkpoints from HuggingFace folders, the hub's cache,
 * tokenizers, the compiler to TorchScript and the language model that runs it. Nothing here knows
 * about the network of clients and servers.
 */
@NullMarked
package dev.paceline.models;

import org.jspecify.annotations.NullMarked;
