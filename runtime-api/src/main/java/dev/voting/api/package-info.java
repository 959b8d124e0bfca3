/**
 * The vote API: takes votes over HTTP into the Redis stream, and tells the results that PostgreSQL
 * holds. {@code vote} is the way in, {@code results} the way out, {@code http} what both share.
 */
package dev.voting.api;
