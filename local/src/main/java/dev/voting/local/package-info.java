/** {@code votingapp}: a whole VotingApp on one machine, and the commands for it. */
package dev.voting.local;
