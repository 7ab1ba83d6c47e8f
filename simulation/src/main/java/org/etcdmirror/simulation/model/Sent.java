package org.etcdmirror.simulation.model;

import org.etcdmirror.simulation.schedule.SimulatedProcess;

/**
 * A request of a client, which may be carried out long after it was sent.
 *
 * @param by who sent it
 * @param at when, in simulated nanoseconds
 */
public record Sent(SimulatedProcess by, long at) {}
