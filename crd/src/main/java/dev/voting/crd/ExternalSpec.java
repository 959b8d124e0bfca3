package dev.voting.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A server that is not the operator's. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ExternalSpec(
    @JsonPropertyDescription(
            "Secret in the namespace <name>-data that holds the connection under the key uri:"
                + " postgresql://user:password@host:5432/votes, or"
                + " redis://user:password@host:6379.")
        @Required
        @Pattern(Patterns.SUBDOMAIN)
        @Size(max = 253)
        String secretName) {}
