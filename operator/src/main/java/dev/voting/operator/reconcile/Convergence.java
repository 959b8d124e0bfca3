package dev.voting.operator.reconcile;

import dev.voting.operator.apply.AppliedState;
import dev.voting.operator.apply.Applier;
import dev.voting.operator.apply.Contests;
import dev.voting.operator.apply.NamespaceGuard;
import dev.voting.operator.apply.Pruner;
import dev.voting.operator.apply.Writes;
import dev.voting.operator.secrets.CertificateStore;
import dev.voting.operator.secrets.CredentialStore;
import dev.voting.operator.status.EventRecorder;
import dev.voting.operator.steps.ApplyObjects;
import dev.voting.operator.steps.HandOverReplicas;
import dev.voting.operator.steps.HoldRedis;
import dev.voting.operator.steps.KeepData;
import dev.voting.operator.steps.LeaveOutUnserved;
import dev.voting.operator.steps.MakeCertificates;
import dev.voting.operator.steps.PruneObjects;
import dev.voting.operator.steps.ResolveCredentials;
import dev.voting.operator.steps.Step;
import dev.voting.operator.steps.StoreCredentials;
import dev.voting.operator.steps.TakeNamespaces;
import dev.voting.operator.steps.consumer.JobHistory;
import dev.voting.operator.steps.consumer.RestartJob;
import dev.voting.operator.steps.storage.DeleteUnboundClaims;
import dev.voting.operator.steps.storage.GrowClaims;
import dev.voting.operator.steps.storage.HoldPostgresMajor;
import dev.voting.operator.steps.storage.ProtectClaims;
import dev.voting.operator.steps.storage.RecordPostgresMajor;
import dev.voting.operator.steps.storage.RecreateStatefulSets;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;

/**
 * The steps that bring a cluster to a VotingApp's blueprint, from whatever state it is in.
 *
 * @param client reads what no cache holds
 * @param parallel runs requests that can be made at the same time
 * @param writes takes what the steps write
 * @param isServed whether the cluster has a place for an object
 */
record Convergence(
    KubernetesClient client,
    ExecutorService parallel,
    Clock clock,
    Writes writes,
    CredentialStore credentials,
    CertificateStore certificates,
    Predicate<HasMetadata> isServed,
    EventRecorder events,
    AppliedState applied,
    Contests contests,
    JobHistory history) {

  /** The steps, in their order. */
  List<Step> steps() {
    var apply = new ApplyObjects(new Applier(writes, parallel, applied, contests), isServed);
    return List.of(
        new KeepData(writes),
        new TakeNamespaces(new NamespaceGuard(client, writes, parallel), apply),
        new ResolveCredentials(credentials),
        new MakeCertificates(certificates, apply),
        new StoreCredentials(apply, events),
        new RestartJob(writes, clock, history, events),
        new HoldRedis(clock),
        new RecordPostgresMajor(writes),
        new HoldPostgresMajor(),
        new LeaveOutUnserved(isServed),
        new HandOverReplicas(),
        new GrowClaims(writes, clock),
        new DeleteUnboundClaims(writes),
        new RecreateStatefulSets(writes),
        apply,
        new ProtectClaims(writes),
        new PruneObjects(new Pruner(writes)));
  }
}
