package dev.voting.local.page;

import java.util.Map;

/** What the page server answers. */
record PageReply(int status, Map<String, String> headers, byte[] body) {}
