/** What a change needs beyond applying it. */
package dev.voting.operator.steps;
