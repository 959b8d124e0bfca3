/** The way in: one port that routes by the rules that stand in the Ingress objects. */
package dev.voting.local.ingress;
