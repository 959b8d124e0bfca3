/** What an admin sees of a VotingApp: conditions, counts, events. */
package dev.voting.operator.status;
