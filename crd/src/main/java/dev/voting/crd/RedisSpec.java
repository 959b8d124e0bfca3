package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Redis, the operator's own or an external one. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = Rules.MEMORY_AT_LEAST + "16Mi" + Rules.OR_MORE,
    message = "Redis does not start with less than 16Mi of memory: give it more, such as 256Mi",
    fieldPath = Rules.MEMORY_LIMIT)
@ValidationRule(
    value = Rules.IS_MAX_MEMORY,
    message = "maxMemory must be a Redis size, such as 200mb or 1gb, and not 200Mi",
    fieldPath = ".maxMemory")
@ValidationRule(
    value =
        "!" + Rules.IS_MAX_MEMORY + " || " + Rules.MAX_MEMORY + ".compareTo(quantity('4Mi')) >= 0",
    message = "Redis holds no votes in less than 4mb: give it more, such as 200mb",
    fieldPath = ".maxMemory")
@ValidationRule(
    value =
        "!"
            + Rules.IS_MAX_MEMORY
            + " || has(self.external) || has(self.resources) && (!has(self.resources.limits) ||"
            + " !has(self.resources.limits.memory) ||"
            + " !isQuantity(string(self.resources.limits.memory))) || "
            + Rules.MAX_MEMORY
            + ".asApproximateFloat() * 1.25 <= quantity(has(self.resources) ?"
            + " string(self.resources.limits.memory) : '256Mi').asApproximateFloat()",
    message =
        "the pod's memory limit must be a quarter above maxMemory, as 256Mi is for 200mb: lower"
            + " maxMemory, or raise resources.limits.memory",
    fieldPath = ".maxMemory")
public record RedisSpec(
    @JsonPropertyDescription("Image of Redis. By default redis:7-alpine.")
        @Pattern(Patterns.IMAGE)
        @Size(max = 512)
        String image,
    @JsonPropertyDescription("The volume that holds the append-only file.") StorageSpec storage,
    @JsonPropertyDescription(
            "Memory that Redis may fill, such as 200mb. Leave the pod's limit a quarter above it.")
        @Size(max = 20)
        String maxMemory,
    @JsonPropertyDescription(
            "What Redis does when its memory is full. noeviction refuses new votes, so that none"
                + " is lost; allkeys-lru evicts the whole stream, uncounted votes included.")
        MaxMemoryPolicy maxMemoryPolicy,
    @JsonPropertyDescription(
            "How often Redis flushes its append-only file to disk. everysec can lose a second of"
                + " votes when the node loses power; always loses none and is slower.")
        AppendFsync appendFsync,
    @JsonPropertyDescription(
            "CPU and memory of the pod. Set as a whole: no part keeps a default. By default"
                + " requests of 100m and 128Mi, limits of 200m and 256Mi.")
        ComputeResources resources,
    @JsonPropertyDescription("An external Redis. The operator then runs none.")
        ExternalSpec external) {

  static final RedisSpec DEFAULTS = new RedisSpec(null, null, null, null, null, null, null);

  /** What Redis does when its memory is full. */
  public enum MaxMemoryPolicy {
    @JsonProperty("noeviction")
    NO_EVICTION("noeviction"),
    @JsonProperty("allkeys-lru")
    ALL_KEYS_LRU("allkeys-lru");

    private final String directive;

    MaxMemoryPolicy(String directive) {
      this.directive = directive;
    }

    /**
     * The policy's name in redis.conf.
     *
     * @return such as {@code noeviction}
     */
    public String directive() {
      return directive;
    }
  }

  /** How often Redis flushes its append-only file. */
  public enum AppendFsync {
    @JsonProperty("always")
    ALWAYS("always"),
    @JsonProperty("everysec")
    EVERY_SECOND("everysec"),
    @JsonProperty("no")
    NO("no");

    private final String directive;

    AppendFsync(String directive) {
      this.directive = directive;
    }

    /**
     * The choice's name in redis.conf.
     *
     * @return such as {@code everysec}
     */
    public String directive() {
      return directive;
    }
  }

  public RedisSpec {
    storage = or(storage, StorageSpec.DEFAULTS);
    maxMemory = or(maxMemory, "200mb");
    maxMemoryPolicy = or(maxMemoryPolicy, MaxMemoryPolicy.NO_EVICTION);
    appendFsync = or(appendFsync, AppendFsync.EVERY_SECOND);
    resources = or(resources, ComputeResources.of("100m", "128Mi", "200m", "256Mi"));
  }
}
