/**
 * What all routes share: bodies within bounds, errors as problem+json, origins, clients and rates.
 */
package dev.voting.api.http;
