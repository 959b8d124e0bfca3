package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** TLS between the runtimes and the operator's own PostgreSQL and Redis. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.issuerRef) || (has(self.enabled) && self.enabled)",
    message =
        "an issuer does nothing while TLS is off: set enabled to true, or leave issuerRef out",
    fieldPath = ".issuerRef")
public record TlsSpec(
    @JsonPropertyDescription(
            "Whether PostgreSQL and Redis accept connections over TLS only, with certificates that"
                + " their clients verify. For an external server its URI decides.")
        Boolean enabled,
    @JsonPropertyDescription(
            "The cert-manager issuer of the servers' certificates. By default the operator creates"
                + " a CA of its own, and renews it.")
        IssuerRef issuerRef) {

  static final TlsSpec DEFAULTS = new TlsSpec(null, null);

  public TlsSpec {
    enabled = or(enabled, false);
  }

  /** An issuer of cert-manager. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record IssuerRef(
      @JsonPropertyDescription(
              "Name of the issuer. An Issuer must be in the namespace <name>-data.")
          @Required
          @Pattern(Patterns.SUBDOMAIN)
          @Size(max = 253)
          String name,
      @JsonPropertyDescription("Issuer, or ClusterIssuer, or the kind of another group.")
          @Pattern("^[A-Z][a-zA-Z0-9]*$")
          @Size(max = 63)
          String kind,
      @JsonPropertyDescription("API group of the issuer.")
          @Pattern(Patterns.SUBDOMAIN)
          @Size(max = 253)
          String group) {

    public IssuerRef {
      kind = or(kind, "Issuer");
      group = or(group, "cert-manager.io");
    }
  }
}
