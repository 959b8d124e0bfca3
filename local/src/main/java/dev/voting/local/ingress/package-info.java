/** The way in: one port that routes by the rules that stand in Ingresses and HTTPRoutes. */
package dev.voting.local.ingress;
