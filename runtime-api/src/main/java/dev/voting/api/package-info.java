/**
 * The vote API: appends votes from HTTP to the Redis stream, and serves the results of PostgreSQL.
 * {@code vote} and {@code results} are its two parts, {@code http} is what both share.
 */
package dev.voting.api;
