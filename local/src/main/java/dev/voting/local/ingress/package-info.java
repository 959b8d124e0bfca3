/** The ingress: one port that routes by the rules of Ingresses and HTTPRoutes. */
package dev.voting.local.ingress;
