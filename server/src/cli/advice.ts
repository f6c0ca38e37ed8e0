/** A fault for which the command that met it knows a better next step than the catalogue: it names the command to type. */
import { Fault, type FaultCode } from '@rollcall/core';

export class Advice extends Error {
  override readonly name = 'Advice';
  constructor(
    readonly fault: Fault,
    readonly nextStep: string,
  ) {
    super(fault.publicText);
  }
}

/** The error itself, or its advice where there is one for its code. */
export function advised(error: unknown, nextSteps: Readonly<Partial<Record<FaultCode, string>>>): unknown {
  const nextStep = error instanceof Fault ? nextSteps[error.code] : undefined;
  return nextStep === undefined ? error : new Advice(error as Fault, nextStep);
}
