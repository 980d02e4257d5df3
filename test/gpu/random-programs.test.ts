/** Random programs on the device, eagerly and by every way of compiling them, against the float64 interpreter: outputs and state. */
import { useProgramCheck } from '../check-program.ts';
import { recipes } from '../random-programs.ts';
import { cases } from './rig.ts';

const check = useProgramCheck();

it('compute what the interpreter does, whichever passes are on', () => cases(recipes(12), 120, check));
