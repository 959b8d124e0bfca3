package dev.voting.operator.certmanager;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;

/** A certificate that cert-manager keeps in a Secret, and renews. */
@Group("cert-manager.io")
@Version("v1")
@Kind("Certificate")
@Plural("certificates")
public class Certificate extends CustomResource<Certificate.Spec, Certificate.Status>
    implements Namespaced {

  private static final long serialVersionUID = 1L;

  /**
   * What is asked for.
   *
   * @param secretName where it is kept
   * @param commonName what it is, for people
   * @param dnsNames by which clients find the server
   * @param duration its life, as a duration of Go
   * @param renewBefore how long before its end it is renewed
   * @param usages what it may be used for
   * @param privateKey what key it has
   * @param issuerRef who signs it
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Spec(
      String secretName,
      String commonName,
      List<String> dnsNames,
      String duration,
      String renewBefore,
      List<String> usages,
      PrivateKey privateKey,
      IssuerRef issuerRef) {}

  /** What key it has. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record PrivateKey(String algorithm, int size, String encoding, String rotationPolicy) {}

  /** Who signs it. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record IssuerRef(String group, String kind, String name) {}

  /** How far it is. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Status(@JsonProperty List<Condition> conditions) {}

  /** One condition. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Condition(String type, String status, String reason, String message) {}

  @Override
  protected Spec initSpec() {
    return null;
  }

  @Override
  protected Status initStatus() {
    return null;
  }
}
