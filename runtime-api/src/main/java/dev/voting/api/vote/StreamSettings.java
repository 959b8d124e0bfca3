package dev.voting.api.vote;

import java.time.Duration;

/**
 * The stream that votes are appended to, and the time-out.
 *
 * @param stream name of the stream
 * @param group the consumers' group, created if it is missing
 * @param answerTimeout the longest that the answers to one batch may be awaited
 */
record StreamSettings(String stream, String group, Duration answerTimeout) {}
