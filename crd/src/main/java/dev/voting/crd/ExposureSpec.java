package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** The way in from outside the cluster. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.type != 'Gateway' || has(self.gateway)",
    message = "type Gateway needs to know which one: name it in gateway.name and gateway.namespace",
    fieldPath = ".gateway")
public record ExposureSpec(
    @JsonPropertyDescription(
            "Ingress, or Gateway for HTTPRoutes of the Gateway API, or None for no way in.")
        Type type,
    @JsonPropertyDescription("Host name that people open in their browser.")
        @Pattern(Patterns.SUBDOMAIN)
        @Size(max = 253)
        String host,
    @JsonPropertyDescription("TLS at the way in. Off unless set.") Tls tls,
    @JsonPropertyDescription("IngressClass that serves the Ingresses.")
        @Pattern(Patterns.SUBDOMAIN)
        @Size(max = 253)
        String className,
    @JsonPropertyDescription("Further annotations of the Ingresses or HTTPRoutes.") @Size(max = 64)
        Map<String, String> annotations,
    @JsonPropertyDescription("The Gateway that the HTTPRoutes attach to.") GatewayRef gateway,
    @JsonPropertyDescription("Limits per client address that the ingress controller keeps.")
        RateLimit rateLimit,
    @JsonPropertyDescription("The largest request body, such as 1m.")
        @Pattern("^[0-9]{1,9}[kKmMgG]?$")
        String maxBodySize,
    @JsonPropertyDescription("Cross-origin requests at the ingress controller.") Cors cors) {

  static final ExposureSpec DEFAULTS =
      new ExposureSpec(null, null, null, null, null, null, null, null, null);

  /** The kind of the way in. */
  public enum Type {
    Ingress,
    Gateway,
    None
  }

  public ExposureSpec {
    type = or(type, Type.Ingress);
    host = or(host, "voting.local");
    className = or(className, "nginx");
    annotations = Map.copyOf(or(annotations, Map.of()));
    rateLimit = or(rateLimit, RateLimit.DEFAULTS);
    maxBodySize = or(maxBodySize, "1m");
    cors = or(cors, Cors.DEFAULTS);
  }

  /** TLS at the way in. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Tls(
      @JsonPropertyDescription(
              "TLS Secret for the host. It is looked up in each namespace with a route.")
          @Required
          @Pattern(Patterns.SUBDOMAIN)
          @Size(max = 253)
          String secretName) {}

  /** A Gateway of the Gateway API. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record GatewayRef(
      @JsonPropertyDescription("Name of the Gateway.")
          @Required
          @Pattern(Patterns.SUBDOMAIN)
          @Size(max = 253)
          String name,
      @JsonPropertyDescription("Namespace of the Gateway.")
          @Required
          @Pattern(Patterns.LABEL)
          @Size(max = 63)
          String namespace,
      @JsonPropertyDescription("Listener of the Gateway. By default all that fit.")
          @Pattern(Patterns.SUBDOMAIN)
          @Size(max = 253)
          String sectionName) {}

  /** Limits per client address that the ingress controller keeps. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RateLimit(
      @JsonPropertyDescription("Requests per minute.") @Min(1) @Max(1000000) Integer perMinute,
      @JsonPropertyDescription("Requests per second.") @Min(1) @Max(1000000) Integer rps,
      @JsonPropertyDescription("Connections at once.") @Min(1) @Max(1000000) Integer connections) {

    static final RateLimit DEFAULTS = new RateLimit(null, null, null);

    public RateLimit {
      perMinute = or(perMinute, 100);
      rps = or(rps, 10);
      connections = or(connections, 20);
    }
  }

  /** Cross-origin requests at the ingress controller. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Cors(
      @JsonPropertyDescription(
              "Whether the ingress controller answers cross-origin requests, for the origins of"
                  + " api.corsOrigins, or for every origin when there are none.")
          Boolean enabled) {

    static final Cors DEFAULTS = new Cors(null);

    public Cors {
      enabled = or(enabled, true);
    }
  }
}
