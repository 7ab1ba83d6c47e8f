package org.etcdmirror.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class two servers with a mirror between them: each parameter of type {@link
 * MirroredPair} is a pair of its own. A pair that is a parameter of a {@code @BeforeAll} method
 * serves all tests of the class. One that is a parameter of the constructor, of a
 * {@code @BeforeEach} method or of a test serves one test. Works on JUnit 5.13 and later, and on
 * JUnit 6.
 *
 * <pre>{@code
 * @MirroredEtcd(source = EtcdApi.V2, sink = EtcdApi.V3, prefix = "/conftool")
 * class MigrationTest {
 *
 *   @Test
 *   void noWriteIsLost(MirroredPair etcd) throws Exception {
 *     Application.writingTo(etcd.writer().address()).writeMuch();
 *     etcd.verifyEqual();
 *     etcd.cutOver();
 *     Application.writingTo(etcd.writer().address()).writeMuch();
 *     etcd.cutOver(); // back
 *   }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MirroredEtcdExtension.class)
public @interface MirroredEtcd {

  /** The API of the side that the application writes to at first. */
  EtcdApi source();

  /** The API of the side that it moves to. */
  EtcdApi sink();

  /** The prefix that is mirrored, by the same name on both sides. */
  String prefix() default "/";

  /** Whether the mirror runs from the beginning; if not, {@link MirroredPair#start} starts it. */
  boolean started() default true;

  /** Sets more options of the mirrors. */
  Class<? extends MirrorCustomizer> customizer() default MirrorCustomizer.None.class;
}
