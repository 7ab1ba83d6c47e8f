package org.etcdmirror.simulation.bytecode;

import static org.objectweb.asm.Opcodes.ASM9;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * What is taken out of the mirror on purpose, so that the simulation shows that it finds the fault:
 * a method returns a constant, or does nothing.
 *
 * @param taken the guards that are taken out
 */
public record Guards(List<Guard> taken) {

  /** Nothing is taken out. */
  public static final Guards ALL_STAND = new Guards(List.of());

  /**
   * One method that does nothing, or returns a constant.
   *
   * @param type its class
   * @param method its name; all methods of that name are meant
   * @param result {@code true}, {@code false}, {@code null} or {@code zero} by what it returns
   *     then; {@code nothing} for a method without a result
   */
  public record Guard(String type, String method, String result) {

    /** Of the form {@code Class.method=result}. */
    public static Guard parse(String text) {
      int equals = text.lastIndexOf('=');
      int dot = text.lastIndexOf('.', equals);
      return new Guard(
          text.substring(0, dot), text.substring(dot + 1, equals), text.substring(equals + 1));
    }

    @Override
    public String toString() {
      return type + "." + method + "=" + result;
    }
  }

  /** The class without its guards. */
  byte[] without(String name, byte[] code) {
    List<Guard> mine = taken.stream().filter(guard -> guard.type().equals(name)).toList();
    if (mine.isEmpty()) {
      return code;
    }
    ClassReader reader = new ClassReader(code);
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    Set<String> found = new TreeSet<>();
    reader.accept(
        new ClassVisitor(ASM9, writer) {
          @Override
          public @Nullable MethodVisitor visitMethod(
              int access,
              String method,
              String descriptor,
              @Nullable String signature,
              String @Nullable [] exceptions) {
            MethodVisitor next =
                super.visitMethod(access, method, descriptor, signature, exceptions);
            for (Guard guard : mine) {
              if (guard.method().equals(method)) {
                found.add(method);
                constant(next, descriptor, guard.result());
                return null;
              }
            }
            return next;
          }
        },
        0);
    if (found.size() != mine.size()) {
      throw new IllegalStateException("not all found in %s: %s".formatted(name, mine));
    }
    return writer.toByteArray();
  }

  private static void constant(MethodVisitor code, String descriptor, String result) {
    code.visitCode();
    switch (result) {
      case "true" -> code.visitInsn(Opcodes.ICONST_1);
      case "false" -> code.visitInsn(Opcodes.ICONST_0);
      case "null" -> code.visitInsn(Opcodes.ACONST_NULL);
      case "zero" -> code.visitInsn(Opcodes.LCONST_0);
      case "nothing" -> {}
      default -> throw new IllegalArgumentException("unknown result: " + result);
    }
    code.visitInsn(Type.getReturnType(descriptor).getOpcode(Opcodes.IRETURN));
    code.visitMaxs(0, 0);
    code.visitEnd();
  }
}
