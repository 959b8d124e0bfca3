/** The database: recording a batch of votes, and classifying its failures. */
package dev.voting.consumer.store;
