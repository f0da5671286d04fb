/**
 * From the name that a person types to a folder with a model: a path, a built-in model, or a model
 * of the hub's cache. Whatever the name, the folder that comes out has HuggingFace's layout and is
 * loaded by the same code.
 */
@NullMarked
package dev.paceline.models.registry;

import org.jspecify.annotations.NullMarked;
