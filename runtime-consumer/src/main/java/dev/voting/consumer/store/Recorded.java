package dev.voting.consumer.store;

import java.util.Set;

/**
 * The result of recording a batch.
 *
 * @param recorded votes that were new
 * @param repeatedRequests votes whose request id was used by another vote
 * @param reusedIds ids that the database holds for a different vote
 * @param late votes of polls that were not open at that moment, which count for nothing
 */
public record Recorded(long recorded, long repeatedRequests, Set<String> reusedIds, long late) {}
