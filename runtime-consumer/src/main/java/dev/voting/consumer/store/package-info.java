/** The database: recording a batch of votes, and understanding what may go wrong with that. */
package dev.voting.consumer.store;
