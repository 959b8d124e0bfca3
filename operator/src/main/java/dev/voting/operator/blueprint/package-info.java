/**
 * Desired state: the blueprint of a VotingApp, a pure function of its spec and its credentials.
 *
 * <p>One class per component makes that component's objects, readable top to bottom like the YAML
 * it makes. What they share (names, labels, security, probes) stands once, in {@link
 * dev.voting.operator.blueprint.Names}, {@link dev.voting.operator.blueprint.BlueprintContext} and
 * {@link dev.voting.operator.blueprint.Pods}.
 */
package dev.voting.operator.blueprint;
