package dev.paceline.models.hub;

import java.net.URI;

/**
 * What the hub says about a file.
 *
 * @param name path in the repository
 * @param etag of its content: SHA-256 of a large file, git's SHA-1 of a small one; names the blob
 *     in the cache
 * @param size in bytes, or −1 if the hub did not say
 * @param address that gives the content, directly or by redirects
 */
record RemoteFile(String name, String etag, long size, URI address) {}
