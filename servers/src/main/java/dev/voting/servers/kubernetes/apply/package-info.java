/**
 * How one object is made of two: patches, and the merge and the field ownership of server-side
 * apply. Nothing here reads or writes the store.
 */
package dev.voting.servers.kubernetes.apply;
