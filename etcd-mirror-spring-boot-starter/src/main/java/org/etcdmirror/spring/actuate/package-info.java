/** Health, meters and an actuator endpoint for the mirrors of an application. */
@NullMarked
package org.etcdmirror.spring.actuate;

import org.jspecify.annotations.NullMarked;
