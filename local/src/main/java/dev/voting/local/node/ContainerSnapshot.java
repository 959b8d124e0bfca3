package dev.voting.local.node;

import java.util.Optional;

/**
 * A container at one moment.
 *
 * @param last its last termination, if any
 * @param started whether its startup probe has passed
 * @param ready whether its readiness probe passes
 */
record ContainerSnapshot(
    String name,
    String image,
    ContainerState state,
    Optional<ContainerState.Terminated> last,
    int restarts,
    boolean started,
    boolean ready) {}
