package dev.voting.operator.steps;

import dev.voting.operator.secrets.CredentialStore;
import dev.voting.operator.secrets.CredentialStore.Resolution.Found;
import dev.voting.operator.secrets.CredentialStore.Resolution.Missing;
import dev.voting.operator.secrets.PostgresOwner;

/** Finds the credentials, or generates those that are to be stored. */
public record ResolveCredentials(CredentialStore store) implements Step {

  @Override
  public Plan run(Plan plan) {
    return switch (store.resolve(plan.app(), plan.observed())) {
      case Found found ->
          plan.block(PostgresOwner.refusal(plan.app(), found.credentials()).stream().toList())
              .withUnstored(found);
      case Missing missing -> {
        var next = plan.block(missing.obstacles()).fail(missing.refusals());
        yield missing.kept().map(next::withCredentials).orElseGet(next::stop);
      }
    };
  }
}
