/** Prepares the data that test engines start with, so that no tests do it at the same time. */
import { demoFolder } from './prepared-folder.ts';

(await demoFolder()).remove();
