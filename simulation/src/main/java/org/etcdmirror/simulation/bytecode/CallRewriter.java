package org.etcdmirror.simulation.bytecode;

import static org.objectweb.asm.Opcodes.ASM9;
import static org.objectweb.asm.Opcodes.H_INVOKEINTERFACE;
import static org.objectweb.asm.Opcodes.H_INVOKESTATIC;
import static org.objectweb.asm.Opcodes.H_INVOKEVIRTUAL;
import static org.objectweb.asm.Opcodes.H_NEWINVOKESPECIAL;
import static org.objectweb.asm.Opcodes.INVOKESPECIAL;
import static org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.objectweb.asm.Opcodes.MONITORENTER;
import static org.objectweb.asm.Opcodes.MONITOREXIT;
import static org.objectweb.asm.Opcodes.NEW;

import org.etcdmirror.simulation.bytecode.Replacements.Call;
import org.etcdmirror.simulation.schedule.SimulatedCalls;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/** Rewrites the body of one method by the {@link Replacements}. */
final class CallRewriter extends MethodVisitor {

  private static final String CALLS = Type.getInternalName(SimulatedCalls.class);

  CallRewriter(MethodVisitor next) {
    super(ASM9, next);
  }

  @Override
  public void visitInsn(int opcode) {
    if (opcode == MONITORENTER || opcode == MONITOREXIT) {
      super.visitMethodInsn(
          INVOKESTATIC,
          CALLS,
          opcode == MONITORENTER ? "enter" : "exit",
          "(Ljava/lang/Object;)V",
          false);
    } else {
      super.visitInsn(opcode);
    }
  }

  @Override
  public void visitTypeInsn(int opcode, String type) {
    super.visitTypeInsn(opcode, opcode == NEW ? Replacements.created(type) : type);
  }

  @Override
  public void visitMethodInsn(
      int opcode, String owner, String name, String descriptor, boolean isInterface) {
    if (opcode == INVOKESPECIAL) {
      boolean creates = name.equals("<init>") && Replacements.isReplaced(owner);
      super.visitMethodInsn(
          opcode, creates ? Replacements.created(owner) : owner, name, descriptor, isInterface);
      return;
    }
    Call call = replacement(opcode == INVOKESTATIC, owner, name, descriptor);
    if (call == null) {
      super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
    } else {
      super.visitMethodInsn(INVOKESTATIC, call.owner(), call.name(), call.descriptor(), false);
    }
  }

  private static @Nullable Call replacement(
      boolean isStatic, String owner, String name, String descriptor) {
    return isStatic
        ? Replacements.ofStatic(owner, name, descriptor)
        : Replacements.ofVirtual(owner, name, descriptor);
  }

  @Override
  public void visitInvokeDynamicInsn(
      String name, String descriptor, Handle bootstrap, Object... arguments) {
    Object[] rewritten = new Object[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      rewritten[i] = arguments[i] instanceof Handle handle ? rewritten(handle) : arguments[i];
    }
    super.visitInvokeDynamicInsn(name, descriptor, bootstrap, rewritten);
  }

  private static Handle rewritten(Handle handle) {
    int tag = handle.getTag();
    if (tag == H_NEWINVOKESPECIAL) {
      return new Handle(
          tag,
          Replacements.created(handle.getOwner()),
          handle.getName(),
          handle.getDesc(),
          handle.isInterface());
    }
    boolean isVirtual = tag == H_INVOKEVIRTUAL || tag == H_INVOKEINTERFACE;
    Call call =
        tag == H_INVOKESTATIC || isVirtual
            ? replacement(!isVirtual, handle.getOwner(), handle.getName(), handle.getDesc())
            : null;
    return call == null
        ? handle
        : new Handle(H_INVOKESTATIC, call.owner(), call.name(), call.descriptor(), false);
  }
}
