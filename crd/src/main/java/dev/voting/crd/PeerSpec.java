package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** Pods of other namespaces, by labels. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "self.namespaceLabels.all(key, key.indexOf('/') <= 253 && key.matches('"
            + Patterns.KEY
            + "'))",
    message = PeerSpec.WRONG_KEY,
    fieldPath = ".namespaceLabels")
@ValidationRule(
    value =
        "!has(self.podLabels) || self.podLabels.all(key, key.indexOf('/') <= 253 && key.matches('"
            + Patterns.KEY
            + "'))",
    message = PeerSpec.WRONG_KEY,
    fieldPath = ".podLabels")
public record PeerSpec(
    @JsonPropertyDescription(
            "Labels of their namespace, such as kubernetes.io/metadata.name: ingress-nginx.")
        @Required
        @Size(min = 1, max = 8)
        Map<String, String> namespaceLabels,
    @JsonPropertyDescription("Labels of the pods. By default all pods of the namespace.")
        @Size(max = 8)
        Map<String, String> podLabels) {

  static final String WRONG_KEY =
      "the name of a label has at most 63 letters, digits, dashes, dots and underscores, perhaps"
          + " after a DNS name and a slash, such as app.kubernetes.io/name";

  public PeerSpec {
    namespaceLabels = Map.copyOf(or(namespaceLabels, Map.of()));
    podLabels = Map.copyOf(or(podLabels, Map.of()));
  }
}
