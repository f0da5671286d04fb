/**
 * Compiles a GPT-2 checkpoint to a TorchScript program: one native call runs a whole step, ragged
 * over several sequences, and chooses the next tokens on the device.
 *
 * <p>{@link dev.paceline.models.compile.Gpt2Program} generates the program for a {@link
 * dev.paceline.models.compile.Precision} and a {@link dev.paceline.models.compile.Backend}; {@link
 * dev.paceline.models.compile.CompiledModels} keeps compiled archives on disk.
 *
 * <p><b>Exactness.</b> In every precision but {@code int8-dynamic} a row's logits are bitwise the
 * same for any number of rows, any company and any split into steps, on one machine with one number
 * of threads: linear layers use kernels that are row-invariant (or fixed blocks of rows), attention
 * runs in aligned blocks, element-wise functions never straddle a vector. On CUDA the same shapes
 * are used, which makes it so as far as the libraries are deterministic.
 */
@NullMarked
package dev.paceline.models.compile;

import org.jspecify.annotations.NullMarked;
