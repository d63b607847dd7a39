/** Prepares the data that test engines start with, new enough for all tests: none has to do it in between. */
import { demoFolder } from './prepared-folder.ts';

(await demoFolder(60_000)).remove();
