package dev.voting.operator.secrets;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.certificates.Authority;
import dev.voting.operator.certificates.Identity;
import dev.voting.operator.certificates.Pem;
import dev.voting.operator.certmanager.Certificate;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.watch.ReferencedSecrets;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Finds a VotingApp's certificates, makes those that are missing or due, and says when the next is
 * due; or has cert-manager do it. The Secrets in the data namespace are their one store.
 */
public final class CertificateStore {

  /** Keys of the CA's Secret, beside those of the CA itself. */
  private static final String NEXT_CERTIFICATE = "next.crt";

  private static final String NEXT_KEY = "next.key";
  private static final String PREVIOUS = "previous.crt";

  private final KubernetesClient client;
  private final ReferencedSecrets issued;
  private final BooleanSupplier served;
  private final Clock clock;
  private final SecureRandom random;

  /**
   * Makes a store.
   *
   * @param client asks for what no cache holds
   * @param issued watches the Secrets that cert-manager makes
   * @param served whether the cluster has cert-manager
   * @param clock says what is due
   * @param random gives keys
   */
  public CertificateStore(
      KubernetesClient client,
      ReferencedSecrets issued,
      BooleanSupplier served,
      Clock clock,
      SecureRandom random) {
    this.client = client;
    this.issued = issued;
    this.served = served;
    this.clock = clock;
    this.random = random;
  }

  /**
   * What was found.
   *
   * @param certificates as far as they are there, of which some may be new: nobody may be given any
   *     before they are stored
   * @param stored whether there are stored ones for all, which stay in force until then
   * @param due in how long to look again, if ever
   * @param problems what is waited for, with a watch; nothing may be made without it
   */
  public record Resolution(
      Certificates certificates, boolean stored, Optional<Duration> due, List<Finding> problems) {

    public boolean isComplete() {
      return problems.isEmpty();
    }
  }

  /**
   * Resolves the certificates.
   *
   * @param app the VotingApp, whose namespaces exist
   * @param view what the caches hold of it
   */
  public Resolution resolve(VotingApp app, ObservedState view) {
    var spec = app.getSpec().tls();
    if (!spec.enabled() || spec.issuerRef() == null) {
      issued.retain(app.name(), Set.of());
    }
    if (!spec.enabled()) {
      return new Resolution(new Certificates.None(), true, Optional.empty(), List.of());
    }
    return spec.issuerRef() == null ? own(app, view) : issued(app, view);
  }

  private Resolution own(VotingApp app, ObservedState view) {
    var names = new Names(app.name());
    var now = clock.instant();
    var store = read(names, Names.AUTHORITY, view);
    var before = authority(store);
    var stored = before.isPresent();
    var authority =
        before
            .map(kept -> kept.at(app.name(), now, random))
            .orElseGet(() -> Authority.create(app.name(), now, random));
    var due = new ArrayList<>(List.of(authority.due()));
    var servers = new TreeMap<String, Identity.Text>();
    for (var server : Certificates.servers(app)) {
      var there =
          read(names, Names.certificate(server), view)
              .flatMap(secret -> identity(secret, Names.TLS_CERTIFICATE, Names.TLS_KEY));
      stored &= there.isPresent();
      var kept = there.filter(identity -> authority.accepts(identity, names.dnsNames(server), now));
      var identity =
          kept.orElseGet(() -> authority.issue(server, names.dnsNames(server), now, random));
      due.add(Authority.dueOf(identity));
      servers.put(server, identity.text());
    }
    return new Resolution(
        new Certificates.Own(content(authority), servers, Pem.of(authority.trusted())),
        stored,
        due.stream().min(Instant::compareTo).map(next -> until(next, now)),
        List.of());
  }

  /** A little late rather than early, and never at once, whatever the clock says. */
  private static Duration until(Instant due, Instant now) {
    var duration = Duration.between(now, due).plusSeconds(1);
    return duration.isPositive() ? duration : Duration.ofSeconds(1);
  }

  private static Optional<Authority> authority(Optional<Secret> store) {
    return store
        .flatMap(secret -> identity(secret, Names.TLS_CERTIFICATE, Names.TLS_KEY))
        .map(
            current ->
                new Authority(
                    current,
                    store.flatMap(secret -> identity(secret, NEXT_CERTIFICATE, NEXT_KEY)),
                    store
                        .flatMap(secret -> value(secret, PREVIOUS))
                        .map(CertificateStore::certificates)
                        .orElse(List.of())));
  }

  private static Map<String, String> content(Authority authority) {
    var content = new TreeMap<String, String>();
    var current = authority.current().text();
    content.put(Names.TLS_CERTIFICATE, current.certificate());
    content.put(Names.TLS_KEY, current.key());
    authority
        .next()
        .map(Identity::text)
        .ifPresent(
            next -> {
              content.put(NEXT_CERTIFICATE, next.certificate());
              content.put(NEXT_KEY, next.key());
            });
    if (!authority.previous().isEmpty()) {
      content.put(PREVIOUS, Pem.of(authority.previous()));
    }
    return content;
  }

  /** What cannot be read is as good as absent, and made again. */
  private static List<X509Certificate> certificates(String pem) {
    try {
      return Pem.certificates(pem);
    } catch (GeneralSecurityException e) {
      return List.of();
    }
  }

  private static Optional<Identity> identity(Secret secret, String certificate, String key) {
    return value(secret, certificate)
        .flatMap(pem -> value(secret, key).map(text -> new Identity.Text(pem, text)))
        .flatMap(Identity::read);
  }

  /** What no cache holds may still exist, and then must not be made again: so asks. */
  private Optional<Secret> read(Names names, String name, ObservedState view) {
    return view.all(Secret.class).stream()
        .filter(secret -> secret.getMetadata().getNamespace().equals(names.dataNamespace()))
        .filter(secret -> secret.getMetadata().getName().equals(name))
        .findFirst()
        .or(
            () ->
                Optional.ofNullable(
                    client.secrets().inNamespace(names.dataNamespace()).withName(name).get()));
  }

  private Resolution issued(VotingApp app, ObservedState view) {
    var names = new Names(app.name());
    var pending = new ArrayList<Finding>();
    var asked = new HashSet<ReferencedSecrets.Reference>();
    var trusted = new LinkedHashSet<X509Certificate>();
    for (var server : Certificates.servers(app)) {
      var reference =
          new ReferencedSecrets.Reference(names.dataNamespace(), Names.certificate(server));
      asked.add(reference);
      var secret = issued.find(app.name(), reference);
      var complete =
          secret.isPresent()
              && value(secret.get(), Names.TLS_CERTIFICATE).isPresent()
              && value(secret.get(), Names.TLS_KEY).isPresent();
      var cas =
          secret
              .flatMap(found -> value(found, Names.TLS_TRUSTED))
              .map(CertificateStore::certificates)
              .orElse(List.of());
      if (!complete) {
        pending.add(pending(app, reference, view));
      } else if (cas.isEmpty()) {
        pending.add(withoutCa(reference));
      }
      trusted.addAll(cas);
    }
    issued.retain(app.name(), asked);
    if (!served.getAsBoolean()) {
      pending.addFirst(notServed());
    }
    return new Resolution(
        new Certificates.Issued(
            pending.isEmpty() ? Optional.of(Pem.of(trusted)) : Optional.empty()),
        pending.isEmpty(),
        Optional.empty(),
        pending);
  }

  private static Finding notServed() {
    return new Finding(
        "NotServed",
        "spec.tls.issuerRef asks for certificates of cert-manager, which this cluster does not"
            + " have: install cert-manager, or leave issuerRef out, and the operator creates them");
  }

  private static Finding pending(
      VotingApp app, ReferencedSecrets.Reference reference, ObservedState view) {
    var issuer = app.getSpec().tls().issuerRef();
    var said =
        view.all(Certificate.class).stream()
            .filter(request -> request.getMetadata().getName().equals(reference.name()))
            .filter(request -> request.getStatus() != null)
            .flatMap(request -> Optional.ofNullable(request.getStatus().conditions()).stream())
            .flatMap(List::stream)
            .filter(condition -> !"True".equals(condition.status()))
            .map(Certificate.Condition::message)
            .filter(message -> message != null && !message.isBlank())
            .distinct()
            .collect(Collectors.joining("; "));
    return new Finding(
        "CertificatePending",
        "Secret %s in namespace %s waits for cert-manager's %s %s%s"
            .formatted(
                reference.name(),
                reference.namespace(),
                issuer.kind(),
                issuer.name(),
                said.isEmpty() ? "" : ": " + said));
  }

  private static Finding withoutCa(ReferencedSecrets.Reference reference) {
    return new Finding(
        "CertificatePending",
        "Secret %s in namespace %s has no usable %s, by which clients would know the server: use an"
                .formatted(reference.name(), reference.namespace(), Names.TLS_TRUSTED)
            + " issuer that includes its CA, such as one of type ca");
  }

  private static Optional<String> value(Secret secret, String key) {
    return SecretValues.value(secret, key).filter(value -> !value.isBlank());
  }
}
