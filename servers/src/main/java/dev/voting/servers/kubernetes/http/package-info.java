/**
 * The server that listens: requests are read, recorded or made to fail, and answered whole, as a
 * stream or by WebSocket.
 */
package dev.voting.servers.kubernetes.http;
