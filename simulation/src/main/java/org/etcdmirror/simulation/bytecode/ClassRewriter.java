package org.etcdmirror.simulation.bytecode;

import static org.objectweb.asm.Opcodes.ACC_PRIVATE;
import static org.objectweb.asm.Opcodes.ACC_PROTECTED;
import static org.objectweb.asm.Opcodes.ACC_PUBLIC;
import static org.objectweb.asm.Opcodes.ACC_STATIC;
import static org.objectweb.asm.Opcodes.ACC_SYNCHRONIZED;
import static org.objectweb.asm.Opcodes.ALOAD;
import static org.objectweb.asm.Opcodes.ARETURN;
import static org.objectweb.asm.Opcodes.ASM9;
import static org.objectweb.asm.Opcodes.ATHROW;
import static org.objectweb.asm.Opcodes.F_FULL;
import static org.objectweb.asm.Opcodes.ILOAD;
import static org.objectweb.asm.Opcodes.INVOKESPECIAL;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.IRETURN;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.simulation.model.Network;
import org.etcdmirror.simulation.schedule.SimulatedCalls;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Rewrites one class: waits, clocks, threads and locks become simulated ones, and a v3 channel
 * leads to the model servers.
 */
final class ClassRewriter extends ClassVisitor {

  private static final String CALLS = Type.getInternalName(SimulatedCalls.class);
  private static final String CONNECTION = "org/etcdmirror/v3/internal/client/PooledChannel";
  private static final String CHANNEL = "channel";

  private String owner = "";

  private ClassRewriter(ClassVisitor next) {
    super(ASM9, next);
  }

  static byte[] rewrite(byte[] original) {
    ClassReader reader = new ClassReader(original);
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    reader.accept(new ClassRewriter(writer), 0);
    return writer.toByteArray();
  }

  @Override
  public void visit(
      int version,
      int access,
      String name,
      @Nullable String signature,
      @Nullable String superName,
      String @Nullable [] interfaces) {
    owner = name;
    super.visit(version, access, name, signature, superName, interfaces);
  }

  @Override
  public @Nullable MethodVisitor visitMethod(
      int access,
      String name,
      String descriptor,
      @Nullable String signature,
      String @Nullable [] exceptions) {
    if (owner.equals(CONNECTION) && name.equals(CHANNEL)) {
      leadToNetwork(access, descriptor);
      return null;
    }
    if ((access & ACC_SYNCHRONIZED) == 0) {
      return calls(super.visitMethod(access, name, descriptor, signature, exceptions));
    }
    String body = name + "$body";
    lock(access & ~ACC_SYNCHRONIZED, name, descriptor, body, exceptions);
    int hidden = (access & ~(ACC_SYNCHRONIZED | ACC_PUBLIC | ACC_PROTECTED)) | ACC_PRIVATE;
    return calls(super.visitMethod(hidden, body, descriptor, null, exceptions));
  }

  private static MethodVisitor calls(MethodVisitor next) {
    return new CallRewriter(next);
  }

  private void leadToNetwork(int access, String descriptor) {
    Type[] parameters = Type.getArgumentTypes(descriptor);
    Type result = Type.getReturnType(descriptor);
    MethodVisitor code = super.visitMethod(access, CHANNEL, descriptor, null, null);
    code.visitCode();
    code.visitVarInsn(ALOAD, 0);
    code.visitMethodInsn(
        INVOKESTATIC,
        Type.getInternalName(Network.class),
        CHANNEL,
        Type.getMethodDescriptor(result, parameters[0]),
        false);
    code.visitInsn(ARETURN);
    code.visitMaxs(0, 0);
    code.visitEnd();
  }

  /** A method that enters the monitor, calls the body, and leaves the monitor in any case. */
  private void lock(
      int access, String name, String descriptor, String body, String @Nullable [] exceptions) {
    MethodVisitor code = super.visitMethod(access, name, descriptor, null, exceptions);
    boolean isStatic = (access & ACC_STATIC) != 0;
    Label begin = new Label();
    Label end = new Label();
    Label handler = new Label();
    code.visitCode();
    code.visitTryCatchBlock(begin, end, handler, null);
    loadLock(code, isStatic);
    code.visitMethodInsn(INVOKESTATIC, CALLS, "enter", "(Ljava/lang/Object;)V", false);
    code.visitLabel(begin);
    List<Object> locals = new ArrayList<>();
    int slot = 0;
    if (!isStatic) {
      code.visitVarInsn(ALOAD, 0);
      locals.add(owner);
      slot = 1;
    }
    for (Type parameter : Type.getArgumentTypes(descriptor)) {
      code.visitVarInsn(parameter.getOpcode(ILOAD), slot);
      slot += parameter.getSize();
      locals.add(frameType(parameter));
    }
    code.visitMethodInsn(isStatic ? INVOKESTATIC : INVOKESPECIAL, owner, body, descriptor, false);
    code.visitLabel(end);
    loadLock(code, isStatic);
    code.visitMethodInsn(INVOKESTATIC, CALLS, "exit", "(Ljava/lang/Object;)V", false);
    code.visitInsn(Type.getReturnType(descriptor).getOpcode(IRETURN));
    code.visitLabel(handler);
    code.visitFrame(
        F_FULL, locals.size(), locals.toArray(), 1, new Object[] {"java/lang/Throwable"});
    loadLock(code, isStatic);
    code.visitMethodInsn(INVOKESTATIC, CALLS, "exit", "(Ljava/lang/Object;)V", false);
    code.visitInsn(ATHROW);
    code.visitMaxs(0, 0);
    code.visitEnd();
  }

  private void loadLock(MethodVisitor code, boolean isStatic) {
    if (isStatic) {
      code.visitLdcInsn(Type.getObjectType(owner));
    } else {
      code.visitVarInsn(ALOAD, 0);
    }
  }

  private static Object frameType(Type type) {
    return switch (type.getSort()) {
      case Type.BOOLEAN, Type.BYTE, Type.CHAR, Type.SHORT, Type.INT -> Opcodes.INTEGER;
      case Type.LONG -> Opcodes.LONG;
      case Type.FLOAT -> Opcodes.FLOAT;
      case Type.DOUBLE -> Opcodes.DOUBLE;
      default -> type.getInternalName();
    };
  }
}
