/**
 * Validates custom resources as an API server does, without one: by the schema and the CEL rules
 * that are in the CustomResourceDefinition itself.
 */
package dev.voting.crd.validation;
