@NullMarked
package org.etcdmirror.simulation;

import org.jspecify.annotations.NullMarked;
