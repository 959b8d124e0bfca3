/** Results: the totals of PostgreSQL, kept in memory, answered or streamed. */
package dev.voting.api.results;
