package dev.voting.operator.steps;

import dev.voting.operator.secrets.CredentialStore;
import dev.voting.operator.secrets.CredentialStore.Resolution.Found;

/** Looks which credentials are in force, and stores none. */
public record ObserveCredentials(CredentialStore store) implements Step {

  @Override
  public Plan run(Plan plan) {
    return store.resolve(plan.app(), plan.observed()) instanceof Found found
        ? StoreCredentials.withRotation(plan.withCredentials(found.credentials()))
        : plan;
  }
}
