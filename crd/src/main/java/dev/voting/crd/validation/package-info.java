/**
 * Judges custom resources as an API server does, without one: by the schema and the CEL rules that
 * stand in the CustomResourceDefinition itself.
 */
package dev.voting.crd.validation;
