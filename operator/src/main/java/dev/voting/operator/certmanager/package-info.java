/** The part of cert-manager's API that the operator asks it for certificates with. */
package dev.voting.operator.certmanager;
