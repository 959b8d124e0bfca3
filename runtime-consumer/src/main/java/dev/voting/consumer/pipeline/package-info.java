/**
 * The steps of a batch: {@link dev.voting.consumer.pipeline.Reader}, {@link
 * dev.voting.consumer.pipeline.Recorder}, {@link dev.voting.consumer.pipeline.Acknowledger}, each
 * on a thread of its own, so that the next batch is read while the last one commits.
 */
package dev.voting.consumer.pipeline;
