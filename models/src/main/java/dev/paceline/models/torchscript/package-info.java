/**
 * Writes TorchScript archives without Python. A {@link
 * dev.paceline.models.torchscript.ScriptModule} is a set of typed attributes and methods; {@link
 * dev.paceline.models.torchscript.ArchiveWriter} serializes it the way {@code torch.jit.save} does:
 *
 * <ul>
 *   <li>a zip of <em>stored</em> entries, each storage aligned to 64 bytes ({@link
 *       dev.paceline.models.torchscript.StoredZipWriter});
 *   <li>{@code data.pkl}, the module object in pickle protocol 2 ({@link
 *       dev.paceline.models.torchscript.Pickle});
 *   <li>{@code code/__torch__.py}, the methods in TorchScript's own serialized syntax ({@link
 *       dev.paceline.models.torchscript.Method});
 *   <li>{@code data/N}, the raw little-endian storages, streamed, so that a model never has to fit
 *       on the heap;
 *   <li>{@code version} 10: with an older one newer overloads such as {@code gelu(approximate=...)}
 *       are not found.
 * </ul>
 *
 * Errors in a program appear when PyTorch loads the archive and name the line.
 */
@NullMarked
package dev.paceline.models.torchscript;

import org.jspecify.annotations.NullMarked;
