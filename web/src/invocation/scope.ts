/** Names while a kernel is compiled: which slot of its frame a variable has, and what the module declares. */
import type { ast } from './parse.ts';
import type { Local, Thread } from './thread.ts';
import type { Value, WgslType } from './value.ts';

export interface CompiledFunction {
  returns: WgslType;
  call(thread: Thread, values: readonly Value[]): Value;
}

/** What stands outside functions. */
export interface Module {
  code: string;
  constants: Map<string, { type: WgslType; value: Value }>;
  storage: Map<string, WgslType>;
  workgroup: Map<string, WgslType>;
  functions: Map<string, ast.Function>;
  /** Those that are compiled; the others are when they are called first. */
  compiled: Map<string, CompiledFunction>;
}

/** The variables of a block, and of those around it. */
export class Scope {
  readonly module: Module;
  private readonly outer: Scope | null;
  private readonly size: { slots: number };
  private readonly own = new Map<string, Local>();

  constructor(module: Module, outer: Scope | null = null) {
    this.module = module;
    this.outer = outer;
    this.size = outer?.size ?? { slots: 0 };
  }

  inner(): Scope {
    return new Scope(this.module, this);
  }

  declare(name: string, type: WgslType): number {
    const slot = this.size.slots++;
    this.own.set(name, { name, slot, type });
    return slot;
  }

  find(name: string): Local | undefined {
    return this.own.get(name) ?? this.outer?.find(name);
  }

  /** What can be named here, the outermost first; a name that hides another stands for it. */
  locals(): Local[] {
    const all = new Map((this.outer?.locals() ?? []).map((local) => [local.name, local]));
    for (const [name, local] of this.own) {
      all.delete(name);
      all.set(name, local);
    }
    return [...all.values()];
  }
}
