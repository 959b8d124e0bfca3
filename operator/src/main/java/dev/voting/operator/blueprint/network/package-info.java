/** Who may reach whom, and how people reach the system. */
package dev.voting.operator.blueprint.network;
