/** The vote stream in Redis: reading entries, understanding them, and being done with them. */
package dev.voting.consumer.stream;
