package dev.voting.local.page;

import java.util.Map;

/**
 * What was asked of the page server.
 *
 * @param uri as it was sent, with its query
 * @param path decoded, without the query
 * @param headers by lower-case name
 */
record PageRequest(String method, String uri, String path, Map<String, String> headers) {}
