package dev.voting.api.poll;

import java.nio.file.Path;

/**
 * What a service with a poll is given.
 *
 * @param file the definition to start with
 * @param ballotKey what tokens, cookies and pseudonyms are made with
 */
public record PollSettings(Path file, byte[] ballotKey) {}
