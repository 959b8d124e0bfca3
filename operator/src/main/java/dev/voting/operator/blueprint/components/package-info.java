/** The objects of each component of a VotingApp, and all of them in one blueprint. */
package dev.voting.operator.blueprint.components;
