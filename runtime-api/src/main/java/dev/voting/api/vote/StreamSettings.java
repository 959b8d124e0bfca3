package dev.voting.api.vote;

import java.time.Duration;

/**
 * Where votes go, and how long that may take.
 *
 * @param stream name of the stream
 * @param group the consumers' group, made if it is missing
 * @param answerTimeout the longest that the answers to one batch may be awaited
 */
record StreamSettings(String stream, String group, Duration answerTimeout) {}
