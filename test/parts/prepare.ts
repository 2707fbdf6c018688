import { installPrograms } from './debian.js';

installPrograms();
