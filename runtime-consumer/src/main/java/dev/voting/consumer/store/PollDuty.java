package dev.voting.consumer.store;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A round that consumers take care of.
 *
 * @param seq number of its definition
 * @param closes when it closes, in milliseconds since 1970; absent if it does not, or is final
 * @param inForce what Redis has to hold, if it is the one in force
 */
public record PollDuty(String round, long seq, OptionalLong closes, Optional<String> inForce) {}
