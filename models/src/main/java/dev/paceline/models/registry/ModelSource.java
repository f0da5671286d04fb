package dev.paceline.models.registry;

import java.nio.file.Path;

/**
 * A model that can be opened.
 *
 * @param id what clients and servers call it; for a folder its own name
 * @param directory with {@code config.json}, weights and tokenizer
 */
public record ModelSource(String id, Path directory) {}
