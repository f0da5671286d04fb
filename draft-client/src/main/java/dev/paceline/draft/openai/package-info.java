/**
 * An HTTP server that speaks as much of OpenAI's API as a model without chat template can: {@code
 * POST /v1/completions}, streamed as server-sent events or whole, and {@code GET /v1/models};
 * beside them {@code /health} and {@code /metrics}. Answers carry what speculation did as {@code
 * timings}, in llama.cpp's words.
 *
 * <p>Every request runs in a {@linkplain dev.paceline.draft.openai.Lanes lane} of its own, so what
 * one writes does not depend on the others; when all are taken the answer is 429. A client that
 * goes away ends its text. Whatever arrives is checked before it is used, and refused with an error
 * object that names what is wrong.
 *
 * <p>The server listens on the loopback address unless told otherwise. As web pages reach that
 * address too, a request must name a host that means this machine (or have a key), and JSON must be
 * declared as such, which a page of another origin may not do unasked.
 */
@NullMarked
package dev.paceline.draft.openai;

import org.jspecify.annotations.NullMarked;
