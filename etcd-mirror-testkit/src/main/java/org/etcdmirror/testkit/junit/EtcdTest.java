package org.etcdmirror.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class running servers: each parameter of type {@link
 * org.etcdmirror.testkit.etcd.EtcdServer} is a server of its own, each of type {@link
 * org.etcdmirror.testkit.etcd.EtcdCluster} a cluster of three members.
 *
 * <p>A server that is a parameter of a {@code @BeforeAll} method runs for all tests of the class.
 * One that is a parameter of the constructor, of a {@code @BeforeEach} method or of a test runs for
 * one test. Each is closed then, after the {@code @AfterEach} and {@code @AfterAll} methods.
 *
 * <pre>{@code
 * @EtcdTest(v2 = false)
 * class MySourceTest {
 *
 *   @Test
 *   void deliversWhatIsPut(EtcdServer etcd) { ... }
 *
 *   @OnEachEtcd
 *   void survivesARestart(EtcdServer source, EtcdServer sink) { ... }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(EtcdExtension.class)
public @interface EtcdTest {

  /** Whether the servers serve the v2 API. */
  boolean v2() default true;

  /** More flags for the servers, for example {@code --snapshot-count=50}. */
  String[] flags() default {};
}
