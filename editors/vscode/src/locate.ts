/**
 * Where the server program is found: the setting, then the program inside the extension, then PATH.
 * Nothing here knows the editor, so that it can be tested with plain values.
 */
import * as path from 'node:path';

/** What the search looks at. */
export interface Places {
  /** The setting `archwright.server.path`; blank when it is not set. */
  readonly setting: string;
  /** The folder the extension is installed in. */
  readonly extensionFolder: string;
  /** The environment variable PATH, as it is. */
  readonly searchPath: string;
  /** The user's home folder, for `~/` in the setting. */
  readonly home: string;
  /** The platform as Node names it, such as `linux` or `win32`. */
  readonly platform: NodeJS.Platform;
  /** Whether a file is there and may be started. */
  readonly isProgram: (file: string) => boolean;
}

/** Either the program, or why there is none and what to do about it. */
export type Located =
  | { readonly program: string; readonly from: 'setting' | 'extension' | 'PATH' }
  | { readonly problem: string };

/** Finds the server program. A setting that leads nowhere is a problem, never silently passed over. */
export function locateServer(places: Places): Located {
  const setting = places.setting.trim();
  if (setting !== '') {
    return fromSetting(setting, places);
  }
  const name = places.platform === 'win32' ? 'archwright.exe' : 'archwright';
  const bundled = path.join(places.extensionFolder, 'server', name);
  if (places.isProgram(bundled)) {
    return { program: bundled, from: 'extension' };
  }
  const separator = places.platform === 'win32' ? ';' : ':';
  // Relative entries would let the opened folder choose the program, so they do not count.
  const folders = places.searchPath.split(separator).filter((folder) => path.isAbsolute(folder));
  const found = folders.map((folder) => path.join(folder, name)).find(places.isProgram);
  if (found !== undefined) {
    return { program: found, from: 'PATH' };
  }
  return {
    problem:
      `The Archwright server is not installed: there is no "${name}" on PATH, and this extension came without one. ` +
      'Blueprints are not checked. Run "cargo xtask install" in the Archwright repository, ' +
      'or set "archwright.server.path" to the program.',
  };
}

function fromSetting(setting: string, places: Places): Located {
  const program = setting.startsWith('~/') ? path.join(places.home, setting.slice(2)) : setting;
  if (!path.isAbsolute(program)) {
    return {
      problem:
        `"archwright.server.path" is "${setting}", which is not an absolute path. Blueprints are not checked. ` +
        'Write the whole path of the program, or leave the setting empty.',
    };
  }
  if (!places.isProgram(program)) {
    return {
      problem:
        `"archwright.server.path" is "${setting}", and no program is there that could be started. ` +
        'Blueprints are not checked. Correct the setting, or leave it empty to use the installed program.',
    };
  }
  return { program, from: 'setting' };
}
