package dev.voting.operator.status;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.status.text.Excerpt;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports transitions by Kubernetes Events, as {@code kubectl describe} shows them. */
public final class Events implements EventRecorder {

  private static final Logger LOG = LoggerFactory.getLogger(Events.class);

  /** Events of an object of the whole cluster are in this namespace. */
  private static final String NAMESPACE = "default";

  private static final int LONGEST_MESSAGE = 1024;

  /** Reasons that every start and every change have for a while, or every poll. */
  private static final Set<String> PASSING =
      Set.of("NotMadeYet", "RollingOut", "Declaring", "NotOpenYet", "Closed", "Final");

  private final KubernetesClient client;

  /**
   * What was reported last of each VotingApp, by its uid, whether or not its status could be
   * written.
   */
  private final Map<String, VotingAppStatus> reported = new ConcurrentHashMap<>();

  /**
   * Makes a recorder.
   *
   * @param client may create Events
   */
  public Events(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Reports what changed from one status to the next.
   *
   * @param app the VotingApp, with its last status
   * @param next its new status
   */
  public void report(VotingApp app, VotingAppStatus next) {
    var before =
        Optional.ofNullable(reported.put(app.getMetadata().getUid(), next))
            .or(() -> Optional.ofNullable(app.getStatus()))
            .map(VotingAppStatus::conditions)
            .orElse(List.<Condition>of());
    var goes = waitsForNamespaces(next);
    for (var condition : next.conditions()) {
      var last = Conditions.find(before, condition.getType());
      if (isWorthAnEye(condition, last)) {
        var good = condition.getStatus().equals("True") != isBad(condition.getType());
        report(
            app,
            good || goes || PASSING.contains(condition.getReason()) ? "Normal" : "Warning",
            condition.getReason(),
            text(condition));
      }
    }
  }

  /**
   * Forgets the VotingApps that are no more.
   *
   * @param uids of those that are there
   */
  public void retain(Set<String> uids) {
    reported.keySet().retainAll(uids);
  }

  @Override
  public void report(VotingApp app, String type, String reason, String message) {
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    var event =
        new EventBuilder()
            .withNewMetadata()
            .withNamespace(NAMESPACE)
            // Not the server's to choose: a request that is sent again must not make another one.
            .withName(app.name() + "." + UUID.randomUUID())
            .endMetadata()
            .withNewInvolvedObject()
            .withApiVersion(app.getApiVersion())
            .withKind(app.getKind())
            .withName(app.name())
            .withUid(app.getMetadata().getUid())
            .endInvolvedObject()
            .withNewSource(Names.OPERATOR, null)
            .withReportingComponent(Names.OPERATOR)
            .withType(type)
            .withReason(reason)
            .withMessage(Excerpt.first(message, LONGEST_MESSAGE))
            .withFirstTimestamp(now)
            .withLastTimestamp(now)
            .withCount(1)
            .build();
    try {
      client.resource(event).create();
    } catch (KubernetesClientException e) {
      // An event is a courtesy; the condition says the same.
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        LOG.warn("event {} of {} could not be reported: {}", reason, app.name(), e.getMessage());
      }
    }
  }

  /** As where it is re-created at once: what is missing meanwhile is what is still going. */
  private static boolean waitsForNamespaces(VotingAppStatus status) {
    return Conditions.find(status.conditions(), StatusReport.READY)
        .map(Condition::getReason)
        .filter("NamespaceTerminating"::equals)
        .isPresent();
  }

  /** A first "not yet" says nothing, and progress is reported by what it leads to. */
  private static boolean isWorthAnEye(Condition condition, Optional<Condition> last) {
    if (condition.getType().equals(StatusReport.CREDENTIALS_ROTATED)) {
      // Whoever rotates them reports it.
      return false;
    }
    if (condition.getType().equals(StatusReport.PROGRESSING)) {
      return last.map(Condition::getReason).filter("Paused"::equals).isPresent()
          != condition.getReason().equals("Paused");
    }
    return last.isEmpty()
        ? isBad(condition.getType()) && condition.getStatus().equals("True")
        : !Objects.equals(last.get().getStatus(), condition.getStatus())
            || isBad(condition.getType())
                && !Objects.equals(last.get().getReason(), condition.getReason());
  }

  private static boolean isBad(String type) {
    return type.equals(StatusReport.DEGRADED);
  }

  private static String text(Condition condition) {
    return condition.getType() + " is " + condition.getStatus() + ": " + condition.getMessage();
  }
}
