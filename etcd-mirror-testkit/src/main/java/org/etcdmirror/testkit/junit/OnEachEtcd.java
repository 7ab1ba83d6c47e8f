package org.etcdmirror.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test of an {@link EtcdTest} class that runs once on each etcd of {@link EtcdBinary#all()}. All
 * servers of one run are of one etcd; a parameter of type {@link EtcdBinary} says of which.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(EachEtcdExtension.class)
public @interface OnEachEtcd {}
