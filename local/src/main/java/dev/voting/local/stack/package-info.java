/** All that {@code votingapp up} runs, and how other commands find it. */
package dev.voting.local.stack;
