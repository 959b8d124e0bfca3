/** The vote stream in Redis: reading, parsing and acknowledging entries. */
package dev.voting.consumer.stream;
