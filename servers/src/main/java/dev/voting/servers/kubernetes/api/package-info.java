/**
 * What a URL means: objects, lists and watches, subresources, and what a client asks to learn about
 * the server.
 */
package dev.voting.servers.kubernetes.api;
