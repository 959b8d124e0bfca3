/** fabric8's mock server, extended by what it lacks to have the API in memory behind it. */
package dev.voting.servers.kubernetes.mock;
