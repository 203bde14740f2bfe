/** The colours of everything that is drawn, as custom properties. */
export const LIGHT: string =
  'color-scheme:light;--page:#fff;--text:#1c2330;--quiet:#5a6474;--grid:#dfe4ea;--box:#f5f7f9;--ours:#1668c7;--javascript:#8d99a8;--native:#c98a1b;--failed:#c22f2f;--ok:#1d7a3d';
export const DARK: string =
  'color-scheme:dark;--page:#14181f;--text:#e4e9f0;--quiet:#9aa5b4;--grid:#2c3440;--box:#1c222b;--ours:#4c9df5;--javascript:#75808e;--native:#d9a441;--failed:#ff7b72;--ok:#56d17c';
