import { serve } from '../live/link.ts';
import { openSession } from './session.ts';

serve(openSession);
