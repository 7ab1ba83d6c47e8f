/** The commands of the program, one class each, with the options that only they have. */
@NullMarked
package org.etcdmirror.service.command;

import org.jspecify.annotations.NullMarked;
