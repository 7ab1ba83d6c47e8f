/**
 * Each fault at each stage of a mirror's life, on real servers; the table is made of what is seen.
 */
@NullMarked
package org.etcdmirror.pairings.matrix;

import org.jspecify.annotations.NullMarked;
