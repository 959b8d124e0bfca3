package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** The exposure to clients outside the cluster. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.type != 'Gateway' || has(self.gateway)",
    message = "type Gateway requires gateway.name and gateway.namespace, or gateway.className",
    fieldPath = ".gateway")
@ValidationRule(
    value = "self.host.matches(r'" + Patterns.SUBDOMAIN + "')",
    message =
        "the host is a DNS name in lower case, without a scheme, a port or a path, such as"
            + " vote.example.org",
    fieldPath = ".host")
@ValidationRule(
    value = "self.maxBodySize.matches(r'^[0-9]{1,9}[kKmMgG]?$')",
    message =
        "maxBodySize must be an nginx size, such as 1m, 512k or a number of bytes, and not"
            + " 1Mi or 1mb",
    fieldPath = ".maxBodySize")
@ValidationRule(
    value = "!self.host.matches('^[0-9]+(\\\\.[0-9]+){3}$')",
    message = "the host must be a DNS name, not an address: give the address a name",
    fieldPath = ".host")
@ValidationRule(
    value =
        "!has(self.tls) || has(self.tls.secretName)"
            + " || self.type == 'Gateway' && has(self.gateway) && has(self.gateway.name)",
    message =
        "tls needs the Secret with the certificate: name it in tls.secretName. Only a Gateway that"
            + " is not the operator's has a certificate of its own",
    fieldPath = ".tls")
@ValidationRule(
    value = "!has(self.gateway) || !has(self.gateway.httpSectionName) || has(self.tls)",
    message = "httpSectionName requires tls: set tls",
    fieldPath = ".gateway.httpSectionName")
@ValidationRule(
    value =
        "!has(self.annotations) || self.annotations.all(key, key.indexOf('/') <= 253 && key.matches('"
            + Patterns.KEY
            + "'))",
    message =
        "the name of an annotation has at most 63 letters, digits, dashes, dots and underscores,"
            + " perhaps after a DNS name and a slash, such as example.org/team",
    fieldPath = ".annotations")
@ValidationRule(
    value = "!has(self.annotations) || !('kubernetes.io/ingress.class' in self.annotations)",
    message = "use className instead of the annotation kubernetes.io/ingress.class",
    fieldPath = ".annotations")
@ValidationRule(
    value = "!has(self.annotations) || self.annotations.all(key, !key.contains('snippet'))",
    message =
        "configuration snippets are rejected: they would let this VotingApp's author configure"
            + " the controller that all others share",
    fieldPath = ".annotations")
@ValidationRule(
    value = "!has(self.trustedHops) || !has(self.trustedProxies)",
    message = "proxies are trusted by their number or by their addresses, not both: leave one out",
    fieldPath = ".trustedProxies")
@ValidationRule(
    value =
        "!has(self.trustedProxies) || self.trustedProxies.all(p, p.matches('"
            + Patterns.IPV4_BLOCK
            + "') || p.matches('"
            + Patterns.IPV6_BLOCK
            + "'))",
    message = "a proxy is an address or a block of addresses, such as 192.0.2.7 or 10.1.0.0/16",
    fieldPath = ".trustedProxies")
public record ExposureSpec(
    @JsonPropertyDescription(
            "Ingress, or Gateway for HTTPRoutes of the Gateway API, or None for no exposure.")
        Type type,
    @JsonPropertyDescription(
            "Host name that people open in their browser, such as vote.example.org.")
        @Size(max = 253)
        String host,
    @JsonPropertyDescription("TLS at the ingress. Off unless set.") Tls tls,
    @JsonPropertyDescription("IngressClass that serves the Ingresses.")
        @Pattern(Patterns.SUBDOMAIN)
        @Size(max = 253)
        String className,
    @JsonPropertyDescription(
            "Further annotations of the Ingresses, or of the HTTPRoutes and the operator's own"
                + " Gateway.")
        @Size(max = 30)
        Map<String, String> annotations,
    @JsonPropertyDescription(
            "The Gateway that the HTTPRoutes attach to: one that exists, by name and namespace, or"
                + " one that the operator creates, by className.")
        GatewaySpec gateway,
    @JsonPropertyDescription(
            "Limits per client address that the ingress controller keeps. With type Gateway the API"
                + " keeps rps itself, unless api.rateLimit says otherwise.")
        RateLimit rateLimit,
    @JsonPropertyDescription("The largest request body, such as 1m.") @Size(max = 20)
        String maxBodySize,
    @JsonPropertyDescription("Cross-origin requests at the ingress controller.") Cors cors,
    @JsonPropertyDescription(
            "How many proxies in a row, from the API outwards, append the address of their client to"
                + " X-Forwarded-For; what clients wrote there before is not trusted. By default 1,"
                + " the ingress itself; with networkPolicies.enabled: false or type None 0, for then"
                + " anybody may reach the API. See docs/network.md.")
        @Min(0)
        @Max(16)
        Integer trustedHops,
    @JsonPropertyDescription(
            "Instead of trustedHops: the addresses or blocks of all proxies that may speak for"
                + " their clients, such as 10.1.0.0/16.")
        @Size(min = 1, max = 32)
        List<String> trustedProxies) {

  static final ExposureSpec DEFAULTS =
      new ExposureSpec(null, null, null, null, null, null, null, null, null, null, null);

  /** The kind of exposure. */
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
    trustedProxies = trustedProxies == null ? null : List.copyOf(trustedProxies);
  }

  /** TLS at the ingress. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Tls(
      @JsonPropertyDescription(
              "TLS Secret for the host. Ingresses look it up in <name>-frontend and in <name>-api,"
                  + " the operator's own Gateway in <name>-frontend. A Gateway that is not the"
                  + " operator's needs none.")
          @Pattern(Patterns.SUBDOMAIN)
          @Size(max = 253)
          String secretName) {}

  /** A Gateway of the Gateway API. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.className) != has(self.name)",
      message =
          "name a Gateway that exists in name and namespace, or a GatewayClass in className, not"
              + " both")
  @ValidationRule(
      value = "has(self.name) == has(self.__namespace__)",
      message = "a Gateway that exists is named by both name and namespace",
      fieldPath = ".namespace")
  @ValidationRule(
      value = "has(self.name) || !has(self.sectionName)",
      message = "the operator's own Gateway has its own listeners: leave sectionName out",
      fieldPath = ".sectionName")
  @ValidationRule(
      value = "has(self.sectionName) || !has(self.httpSectionName)",
      message =
          "a listener for plain HTTP goes with one for HTTPS of a Gateway that exists: name that in"
              + " sectionName",
      fieldPath = ".httpSectionName")
  @ValidationRule(
      value =
          "!has(self.sectionName) || !has(self.httpSectionName) || self.sectionName !="
              + " self.httpSectionName",
      message = "the listener for plain HTTP must be another than the one for HTTPS",
      fieldPath = ".httpSectionName")
  public record GatewaySpec(
      @JsonPropertyDescription("Name of a Gateway that exists.")
          @Pattern(Patterns.SUBDOMAIN)
          @Size(max = 253)
          String name,
      @JsonPropertyDescription("Namespace of that Gateway.")
          @Pattern(Patterns.LABEL)
          @Size(max = 63)
          String namespace,
      @JsonPropertyDescription("Listener of that Gateway. By default all that fit.")
          @Pattern(Patterns.SUBDOMAIN)
          @Size(max = 253)
          String sectionName,
      @JsonPropertyDescription(
              "Listener of that Gateway for plain HTTP, whose requests are redirected to HTTPS. By"
                  + " default none.")
          @Pattern(Patterns.SUBDOMAIN)
          @Size(max = 253)
          String httpSectionName,
      @JsonPropertyDescription(
              "GatewayClass of a Gateway that the operator creates, in <name>-frontend, with"
                  + " listeners on 80 and, with tls, on 443.")
          @Pattern(Patterns.SUBDOMAIN)
          @Size(max = 253)
          String className) {}

  /** Limits per client address that the ingress controller keeps. */
  @JsonIgnoreProperties(ignoreUnknown = true)
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
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Cors(
      @JsonPropertyDescription(
              "Whether the ingress controller answers cross-origin requests, for the origins of"
                  + " api.corsOrigins. When there are none, no other site's page may call the API.")
          Boolean enabled) {

    static final Cors DEFAULTS = new Cors(null);

    public Cors {
      enabled = or(enabled, true);
    }
  }
}
