/** Tests of the model servers. */
@NullMarked
package org.etcdmirror.simulation.model;

import org.jspecify.annotations.NullMarked;
