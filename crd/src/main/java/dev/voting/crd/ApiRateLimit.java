package dev.voting.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;

/** A token bucket per client address, kept by each pod of the API. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ApiRateLimit(
    @JsonPropertyDescription("Votes per second that a client may cast for long.")
        @Required
        @Min(1)
        @Max(100000)
        Integer requestsPerSecond,
    @JsonPropertyDescription("Votes that a client may cast at once. By default requestsPerSecond.")
        @Min(1)
        @Max(100000)
        Integer burst) {}
