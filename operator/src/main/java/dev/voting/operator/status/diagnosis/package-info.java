/** Why a component is not as it should be. */
package dev.voting.operator.status.diagnosis;
