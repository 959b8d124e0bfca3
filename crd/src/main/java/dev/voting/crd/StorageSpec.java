package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;

/** A persistent volume claim. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!isQuantity(string(self.size)) ||"
            + " quantity(string(self.size)).compareTo(quantity('128Mi')) >= 0",
    message =
        "size must be 128Mi at least, such as 1Gi: a plain number is bytes, and m means thousandths",
    fieldPath = ".size")
@ValidationRule(
    value =
        "!has(self.storageClassName) || self.storageClassName == '' ||"
            + " self.storageClassName.matches(r'"
            + Patterns.SUBDOMAIN
            + "')",
    message =
        "a StorageClass is named in lower case, such as fast-ssd; an empty name requests a volume"
            + " without a class",
    fieldPath = ".storageClassName")
public record StorageSpec(
    @JsonPropertyDescription(
            "Size of the claim. It can be raised, and set back to the volume's size, but not below.")
        Quantity size,
    @JsonPropertyDescription(
            "StorageClass of the claim. By default the cluster's default class; an empty name requests"
                + " a volume without a class. It can change as long as there is no volume.")
        @Size(max = 253)
        String storageClassName) {

  static final StorageSpec DEFAULTS = new StorageSpec(null, null);

  public StorageSpec {
    size = or(size, new Quantity("1Gi"));
  }
}
