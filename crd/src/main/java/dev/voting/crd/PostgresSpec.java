package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** PostgreSQL, the operator's own or an external one. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = Rules.MEMORY_AT_LEAST + "64Mi" + Rules.OR_MORE,
    message =
        "PostgreSQL does not start with less than 64Mi of memory: give it more, such as 512Mi",
    fieldPath = Rules.MEMORY_LIMIT)
public record PostgresSpec(
    @JsonPropertyDescription("Image of PostgreSQL. By default postgres:15-alpine.")
        @Pattern(Patterns.IMAGE)
        @Size(max = 512)
        String image,
    @JsonPropertyDescription("The volume that holds the database.") StorageSpec storage,
    @JsonPropertyDescription(
            "CPU and memory of the pod. Set as a whole: no part keeps a default. By default"
                + " requests of 250m and 256Mi, limits of 500m and 512Mi.")
        ComputeResources resources,
    @JsonPropertyDescription(
            "An external PostgreSQL. The operator then runs none, and you apply the schema.")
        ExternalSpec external) {

  static final PostgresSpec DEFAULTS = new PostgresSpec(null, null, null, null);

  public PostgresSpec {
    storage = or(storage, StorageSpec.DEFAULTS);
    resources = or(resources, ComputeResources.of("250m", "256Mi", "500m", "512Mi"));
  }
}
