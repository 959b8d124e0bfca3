/** {@code votingapp}: a whole VotingApp on one machine, and the commands that look at it. */
package dev.voting.local;
