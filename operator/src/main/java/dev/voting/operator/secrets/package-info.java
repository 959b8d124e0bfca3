/** Where credentials and certificates come from, and when they change. */
package dev.voting.operator.secrets;
