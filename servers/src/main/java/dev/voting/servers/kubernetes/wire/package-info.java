/**
 * What comes and goes: a request, JSON trees, what kubectl sends as protobuf, and errors as
 * Kubernetes words them.
 */
package dev.voting.servers.kubernetes.wire;
