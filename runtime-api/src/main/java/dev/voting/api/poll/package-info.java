/**
 * A poll: its definition and where it comes from, who may vote, and which votes it takes. See
 * docs/adr/0034.
 */
package dev.voting.api.poll;
