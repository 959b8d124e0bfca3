/**
 * The kinds of objects, built in and from CRDs, and what their objects may hold: types of fields,
 * defaults, rules, and what cannot change.
 */
package dev.voting.servers.kubernetes.schema;
