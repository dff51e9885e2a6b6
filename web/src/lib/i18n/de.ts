import type { en as shape } from './en';
import { en } from './en';
export const de: typeof shape = en;
