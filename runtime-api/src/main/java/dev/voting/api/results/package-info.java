/** The way out: the count as PostgreSQL tells it, kept in memory, asked for or streamed. */
package dev.voting.api.results;
