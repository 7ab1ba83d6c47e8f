/** The commands of the program. */
@NullMarked
package org.etcdmirror.service.command;

import org.jspecify.annotations.NullMarked;
