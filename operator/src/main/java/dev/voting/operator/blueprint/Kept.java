package dev.voting.operator.blueprint;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Has the tools that delete what no repository holds leave an object alone. Argo CD, where it
 * tracks by label, takes whatever carries {@link Names#INSTANCE} and has no owner for a part of the
 * Application of that name, and would prune it.
 */
public final class Kept {

  /** Annotations of what holds data and has no owner. */
  public static final Map<String, String> ANNOTATIONS =
      Collections.unmodifiableMap(
          new TreeMap<>(
              Map.of(
                  // Not pruned, and not deleted with the Application.
                  "argocd.argoproj.io/sync-options", "Prune=false,Delete=false",
                  // Nor is the Application out of sync for it.
                  "argocd.argoproj.io/compare-options", "IgnoreExtraneous",
                  "kustomize.toolkit.fluxcd.io/prune", "disabled",
                  "helm.sh/resource-policy", "keep")));

  private Kept() {}
}
