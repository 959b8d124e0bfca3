package dev.voting.crd;

import java.util.List;

/**
 * A field of a VotingApp whose value this version does not understand, as a newer definition may
 * allow it.
 *
 * @param field such as {@code spec.exposure.type}
 * @param value as it stands there
 * @param understood the values that this version understands; empty where they are no fixed ones
 */
public record UnreadableField(String field, String value, List<String> understood) {}
