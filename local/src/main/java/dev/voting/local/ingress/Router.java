package dev.voting.local.ingress;

import dev.voting.local.node.PodPorts;
import dev.voting.operator.watch.AnyChange;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Resolves a request's rule through its Service to the ready pods. */
final class Router implements AutoCloseable {
  private final SharedIndexInformer<Ingress> ingresses;
  private final SharedIndexInformer<HTTPRoute> routes;
  private final SharedIndexInformer<Service> services;
  private final SharedIndexInformer<Pod> pods;
  private volatile Rules rules = Rules.of(List.of(), List.of());

  Router(KubernetesClient client) {
    ingresses =
        client
            .network()
            .v1()
            .ingresses()
            .inAnyNamespace()
            .inform(new AnyChange<>(ingress -> renew()));
    routes =
        client
            .resources(HTTPRoute.class)
            .inAnyNamespace()
            .inform(new AnyChange<>(route -> renew()));
    services = client.services().inAnyNamespace().inform();
    pods = client.pods().inAnyNamespace().inform();
    renew();
  }

  Route route(String host, String path) {
    return rules
        .find(host, path)
        .<Route>map(
            rule ->
                new Route.Backend(
                    rule.namespace() + "/" + rule.service(),
                    ports(rule),
                    rule.maxBodyBytes(),
                    rule.headers()))
        .orElseGet(Route.None::new);
  }

  @Override
  public void close() {
    ingresses.close();
    routes.close();
    services.close();
    pods.close();
  }

  /** An event can come before the constructor has stored the informer; it renews on its own. */
  private void renew() {
    if (ingresses != null && routes != null) {
      rules = Rules.of(ingresses.getStore().list(), routes.getStore().list());
    }
  }

  private List<Integer> ports(Rule rule) {
    Service service = services.getStore().getByKey(rule.namespace() + "/" + rule.service());
    if (service == null || service.getSpec().getSelector() == null) {
      return List.of();
    }
    Optional<ServicePort> port =
        service.getSpec().getPorts().stream()
            .filter(
                offered ->
                    rule.port().equals(offered.getName())
                        || rule.port().equals(Integer.toString(offered.getPort())))
            .findFirst();
    if (port.isEmpty()) {
      return List.of();
    }
    return pods.getStore().list().stream()
        .filter(pod -> pod.getMetadata().getNamespace().equals(rule.namespace()))
        .filter(pod -> selects(service.getSpec().getSelector(), pod))
        .filter(Router::serves)
        .map(pod -> local(pod, port.get()))
        .filter(OptionalInt::isPresent)
        .map(OptionalInt::getAsInt)
        .toList();
  }

  private static boolean selects(Map<String, String> selector, HasMetadata object) {
    Map<String, String> labels = object.getMetadata().getLabels();
    return labels != null && labels.entrySet().containsAll(selector.entrySet());
  }

  private static boolean serves(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus() != null
        && Optional.ofNullable(pod.getStatus().getConditions()).orElse(List.of()).stream()
            .anyMatch(
                condition ->
                    condition.getType().equals("Ready") && condition.getStatus().equals("True"));
  }

  private static OptionalInt local(Pod pod, ServicePort port) {
    IntOrString target = port.getTargetPort();
    int inside = port.getPort();
    if (target != null && target.getIntVal() != null) {
      inside = target.getIntVal();
    } else if (target != null && target.getStrVal() != null) {
      inside =
          pod.getSpec().getContainers().stream()
              .flatMap(container -> container.getPorts().stream())
              .filter(named -> target.getStrVal().equals(named.getName()))
              .map(ContainerPort::getContainerPort)
              .findFirst()
              .orElse(inside);
    }
    return PodPorts.local(pod, inside);
  }
}
