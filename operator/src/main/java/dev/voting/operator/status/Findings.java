package dev.voting.operator.status;

import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObservedState;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one reconciliation found, which the status reports.
 *
 * @param blueprint what should be
 * @param view what is
 * @param problems what keeps it from being so, the worst first
 * @param outdated set while the VotingApp's definition is older than the operator
 * @param newer set while it has fields that the operator does not know
 * @param consumer what became of the consumer's last Job
 * @param refusals why the pods of a component cannot be made, by component, in the words of the API
 *     server
 * @param podEvents what was last said of pods that are overdue, by their uid
 * @param rotation how the last rotation of the credentials is, if there was one
 */
public record Findings(
    Blueprint blueprint,
    ObservedState view,
    List<Finding> problems,
    Optional<Finding> outdated,
    Optional<Finding> newer,
    ConsumerPast consumer,
    Map<String, String> refusals,
    Map<String, String> podEvents,
    Optional<RotationReport> rotation) {}
