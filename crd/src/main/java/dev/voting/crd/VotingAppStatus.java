package dev.voting.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/** What the operator sees of a voting system. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VotingAppStatus(
    @JsonPropertyDescription("metadata.generation that this status speaks of.")
        Long observedGeneration,
    @JsonPropertyDescription("Version of the operator that made it so.") String version,
    @JsonPropertyDescription("Where people vote.") String url,
    @JsonPropertyDescription("Ready, Progressing, Degraded, and one for each component.")
        List<Condition> conditions,
    @JsonPropertyDescription("Pods of the web page.") ReadyCount frontend,
    @JsonPropertyDescription("Pods of the vote API.") ReadyCount api,
    @JsonPropertyDescription("Pods of the consumer.") ReadyCount consumer,
    @JsonPropertyDescription("Pods of PostgreSQL. Absent with an external one.")
        ReadyCount postgres,
    @JsonPropertyDescription("Pods of Redis. Absent with an external one.") ReadyCount redis,
    @JsonPropertyDescription("The consumer's Job in use. Absent with a Deployment.")
        String consumerJob,
    @JsonPropertyDescription(
            "The consumer's Jobs that ended soon after their start, one after the other. Absent"
                + " while it runs well.")
        JobEnds consumerJobEnds,
    @JsonPropertyDescription(
            "The deletion policy that is in force: what would happen to the data if the VotingApp"
                + " were deleted now. It differs from the spec's until the operator has brought that"
                + " about: Delete waits while paused is true, Retain does not.")
        DeletionPolicy deletionPolicy,
    @JsonPropertyDescription("The poll in force. Absent without spec.poll, and until there is one.")
        PollStatus poll) {

  public VotingAppStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /** How many pods are ready, of how many. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ReadyCount(
      @JsonPropertyDescription("Pods that are ready.") Integer ready,
      @JsonPropertyDescription("Pods that there should be.") Integer desired) {}

  /** Jobs that ended soon, one after the other. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record JobEnds(
      @JsonPropertyDescription("How many.") Integer inARow,
      @JsonPropertyDescription("When the last one ended.") String last) {}

  /** A poll, without its counts: they would be known to whoever may read the VotingApp. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record PollStatus(
      @JsonPropertyDescription("The round in force.") String round,
      @JsonPropertyDescription(
              "Whether it is before opensAt, between the two, after closesAt, or over with all of its"
                  + " votes counted.")
          State state,
      @JsonPropertyDescription("When voting begins.") String opensAt,
      @JsonPropertyDescription("When voting ends.") String closesAt,
      @JsonPropertyDescription("How often this round was declared in other words.")
          Integer revision,
      @JsonPropertyDescription(
              "Digest of the spec.poll that was last declared, as in the name of its ConfigMap"
                  + " poll-<digest>.")
          String declared) {

    /** Where a round is. */
    public enum State {
      Upcoming,
      Open,
      Closed,
      Final
    }
  }
}
