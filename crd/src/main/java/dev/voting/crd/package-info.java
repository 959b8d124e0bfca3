/**
 * The {@code VotingApp} resource, {@code voting.dev/v1alpha1}.
 *
 * <p>These records are the one source of the API: the CRD's properties, descriptions, bounds,
 * defaults and rules are generated from them. A field that a user leaves out is filled with its
 * default by the record's own constructor, so code that reads a spec never meets a null where a
 * default exists.
 */
package dev.voting.crd;
